"""A form that stands between two anchors, with its period in the title: the night counts its rows and no others."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

from kpi_reporting.registry import load_registry
from tests.integration.dry_run.place import placed
from tests.integration.dry_run.test_tables_at_the_door import HS_01
from tests.workbooks import THANH_HOA, list_rows, saved, stamp, workbook

PLACES = {"sheet": "Biểu", "anchor": "Bảng 1", "end_anchor": "Bảng 2", "period_anchor": "*"}
FIGURES = """
select f.field_code, f.value from staging.stg_figures as f
where f.submission_id = (select max(submission_id) from raw.submissions)
"""


def with_places(folder: Path) -> Path:
    """The registry of Thanh Hóa in which HS-01 says where it stands."""
    shutil.copytree(THANH_HOA, folder)
    with (folder / "forms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "forms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *PLACES])
        writer.writeheader()
        writer.writerows(row | (PLACES if row["form_code"] == "HS-01" else {}) for row in rows)
    return folder


def stacked() -> bytes:
    """A commune's workbook without a stamped period; below the form stands another table of the same items."""
    other = [(code, figure + 1000) for code, figure in HS_01]
    rows = [
        ["BÁO CÁO THÁNG 7 NĂM 2025"],
        *stamp("HS-01", "14758", "")[:3],
        ["Bảng 1"],
        *list_rows(HS_01),
        ["Bảng 2"],
        *list_rows(other),
    ]
    return saved(workbook(rows))


def test_the_night_counts_what_stands_between_the_anchors(
    warehouse_dsn: str, settings: Any, tmp_path: Path
) -> None:
    registry = load_registry(with_places(tmp_path / "registry"))
    with placed(warehouse_dsn, settings, tmp_path / "place", registry) as here:
        path = here.drop("communes/stacked.xlsx", stacked())
        (verdict,) = here.check(path)
        here.night()
        figures = here.conn.execute(FIGURES).fetchall()
        known = here.conn.execute("select period_code, last_row - first_row from raw.readings").fetchall()
    fields = {one.field_code: one.item_code for one in registry.form_fields if one.form_code == "HS-01"}
    assert (verdict.outcome, [finding.rule_id for finding in verdict.findings]) == ("accepted", [])
    assert {(fields[code], value) for code, value in figures} == set(HS_01)
    assert known == [("2025-M07", len(HS_01) - 1)]
