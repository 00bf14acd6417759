"""The rows shown in the how-to pages really make a valid registry."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest

from kpi_reporting.checks import load_suite
from kpi_reporting.registry import load_registry

PROJECT = Path(__file__).parents[2]
REGISTRY = PROJECT / "dbt_project/seeds/thanh_hoa"
PAGES = ["CONTRIBUTING.md", "docs/how-to/add-a-form.md", "docs/how-to/add-a-kpi.md"]
EXAMPLE = re.compile(r"`(\w+)\.csv`[^`]*?```csv\n(.*?)```", re.DOTALL)


def examples(page: str) -> list[tuple[str, list[dict[str, str]]]]:
    found = EXAMPLE.findall((PROJECT / page).read_text())
    return [(name, list(csv.DictReader(io.StringIO(rows)))) for name, rows in found]


def append(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open(newline="") as file:
        header = next(csv.reader(file))
    assert list(rows[0]) == header, f"{path.name} has other columns than its example"
    with path.open("a", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)


@pytest.mark.parametrize("page", PAGES)
def test_registry_with_the_shown_rows_is_valid(page: str, tmp_path: Path) -> None:
    folder = shutil.copytree(REGISTRY, tmp_path / "registry")
    shown = examples(page)
    for name, rows in shown:
        append(folder / f"{name}.csv", rows)
    before, after = load_registry(REGISTRY), load_registry(folder)
    assert shown
    for name in {name for name, _ in shown}:
        added = sum(len(rows) for other, rows in shown if other == name)
        assert len(getattr(after, name)) == len(getattr(before, name)) + added


def test_shown_rule_is_a_valid_suite(tmp_path: Path) -> None:
    page = (PROJECT / "docs/how-to/add-a-form.md").read_text()
    suite = tmp_path / "BD-01.yml"
    suite.write_text(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])
    fields = {
        row["field_code"]
        for name, rows in examples("docs/how-to/add-a-form.md")
        if name == "form_fields"
        for row in rows
    }
    assert load_suite(suite, frozenset(fields)).rules[0].severity == "error"
