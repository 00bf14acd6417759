"""A dry run of a part of a report: it stands beside what was filed before, unless it names all of it again."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kpi_reporting import dry_run
from kpi_reporting.dry_run import Offer
from kpi_reporting.registry import load_registry
from kpi_reporting.warehouse import connect
from tests.golden.chain import run_night
from tests.integration.dry_run.told import as_the_dry_run_tells, as_the_night_tells
from tests.workbooks import THANH_HOA, list_rows, saved, stamp, workbook

FIRST_NIGHT, NIGHT = "2025-07-16T01:00:00+07:00", "2025-07-18T01:00:00+07:00"
TO_THE_DOOR = ("read", "stage", "check_at_door")
COMMUNE = "16645"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry in which later filings of HS-01 add to earlier ones."""
    folder = shutil.copytree(THANH_HOA, tmp_path / "registry")
    header, *forms = (folder / "forms.csv").read_text("utf-8").splitlines()
    policies = [f"{form},{'merge' if form.startswith('HS-01,') else 'replace'}" for form in forms]
    (folder / "forms.csv").write_text("\n".join([f"{header},filing_policy", *policies, ""]), "utf-8")
    return folder


def dropped(path: Path, day: int, *codes: str) -> Path:
    """A list with these items, received on a day of July."""
    rows = [*stamp("HS-01", COMMUNE, "2025-M07"), [], *list_rows([(code, day) for code in codes])]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(saved(workbook(rows)))
    at = datetime.fromisoformat(f"2025-07-{day}T20:00:00+07:00").timestamp()
    os.utime(path, (at, at))
    return path


def test_a_part_replaces_only_what_it_names_all_of(
    warehouse_dsn: str, settings: Any, registry: Path, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    own = replace(settings, inbox=inbox, landing=f"file://{tmp_path}/landing")
    for name in ("communes", "departments", "districts"):
        (inbox / name).mkdir(parents=True)
    dropped(inbox / "communes/two.xlsx", 15, "1.1", "1.2")
    run_night(own, registry, inbox, FIRST_NIGHT, TO_THE_DOOR)

    one = dropped(inbox / "communes/one.xlsx", 16, "1.1")
    other = dropped(inbox / "communes/other.xlsx", 17, "1.2")
    alone, *both = (
        dry_run.dry_run(own, load_registry(registry), Offer(paths, datetime.fromisoformat(NIGHT)))
        for paths in ((one,), (one, other))
    )
    assert [(verdict.outcome, verdict.replaces) for verdict in (*alone, *both[0])] == [
        ("accepted", None),
        ("accepted", None),
        ("accepted", "two.xlsx"),
    ]
    run_night(own, registry, inbox, NIGHT, TO_THE_DOOR)
    with connect(warehouse_dsn) as conn:
        assert as_the_dry_run_tells(both[0], inbox) == as_the_night_tells(conn, NIGHT, 1)
