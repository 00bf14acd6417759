"""What the pages promise exists: links, folders, commands, columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from kpi_reporting.cli import app

PROJECT = Path(__file__).parents[2]
PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), PROJECT / "docker/secrets/README.md"]
MIGRATIONS = "".join(
    path.read_text() for path in PROJECT.glob("src/kpi_reporting/warehouse/migrations/sql/*.sql")
)


def page_id(page: Path) -> str:
    return str(page.relative_to(PROJECT))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_exist(page: Path) -> None:
    named = set(re.findall(r"kpi-reporting ([a-z][a-z-]+)(?=[ `\n]|$)", page.read_text()))
    assert named - set(get_command(app).commands) == set()  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_make_targets_exist(page: Path) -> None:
    makefiles = "".join(path.read_text() for path in [PROJECT / "Makefile", *PROJECT.glob("make/*.mk")])
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z0-9-]*)", page.read_text(), re.MULTILINE))
    assert {target for target in named if not re.search(rf"^{target}:", makefiles, re.MULTILINE)} == set()


def test_readme_has_one_line_per_folder() -> None:
    table = (PROJECT / "README.md").read_text().split("## Where things are")[1].split("##")[0]
    named = re.findall(r"`([\w/]+)/`", table)
    assert named
    assert [folder for folder in named if not (PROJECT / folder).is_dir()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_queries_name_tables_that_exist(page: Path) -> None:
    queries = "".join(re.findall(r"```sql\n(.*?)```", page.read_text(), re.DOTALL))
    tables = set(re.findall(r"\b(?:from|join) (\w+\.\w+)", queries))
    there = re.findall(r"(?:create table|create view|comment on function) (\w+\.\w+)", MIGRATIONS)
    assert tables - set(there) == set()
