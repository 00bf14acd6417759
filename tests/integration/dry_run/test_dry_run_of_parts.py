"""A dry run of a part of a report: it stands beside what was filed before, unless it names all of it again."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kpi_reporting.registry import load_registry
from tests.integration.dry_run.place import EVENING, NIGHT, placed
from tests.integration.dry_run.told import as_the_dry_run_tells, as_the_night_tells
from tests.workbooks import THANH_HOA, list_rows, saved, stamp, workbook


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry in which later filings of HS-01 add to earlier ones."""
    folder = shutil.copytree(THANH_HOA, tmp_path / "registry")
    header, *forms = (folder / "forms.csv").read_text("utf-8").splitlines()
    policies = [f"{form},{'merge' if form.startswith('HS-01,') else 'replace'}" for form in forms]
    (folder / "forms.csv").write_text("\n".join([f"{header},filing_policy", *policies, ""]), "utf-8")
    return folder


def filing(figure: int, *codes: str) -> bytes:
    """A list with these items."""
    items = list_rows([(code, figure) for code in codes])
    return saved(workbook([*stamp("HS-01", "16645", "2025-M07"), [], *items]))


def received(day: int) -> datetime:
    return EVENING.replace(day=day)


def test_a_part_replaces_only_what_it_names_all_of(
    warehouse_dsn: str, settings: Any, registry: Path, tmp_path: Path
) -> None:
    with placed(warehouse_dsn, settings, tmp_path, load_registry(registry)) as here:
        here.drop("communes/two.xlsx", filing(15, "1.1", "1.2"), received(15))
        here.night("2025-07-16T01:00:00+07:00")

        one = here.drop("communes/one.xlsx", filing(16, "1.1"), received(16))
        other = here.drop("communes/other.xlsx", filing(17, "1.2"), received(17))
        alone, both = here.check(one), here.check(one, other)
        assert [(verdict.outcome, verdict.replaces) for verdict in (*alone, *both)] == [
            ("accepted", None),
            ("accepted", None),
            ("accepted", "two.xlsx"),
        ]
        here.night()
        assert as_the_dry_run_tells(both, here.inbox) == as_the_night_tells(here.conn, NIGHT, 1)
