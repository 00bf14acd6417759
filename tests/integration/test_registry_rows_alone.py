"""A KPI, a target, a form and a sender's file by registry rows alone: what the how-to pages show is computed."""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_reporting.warehouse import connect
from tests.golden.chain import run_night, settings_for
from tests.unit.test_worked_examples import NEW_FORM, PROJECT, REGISTRY, append, examples
from tests.workbooks import list_rows, saved, stamp, workbook

AS_OF = "2025-06-20T01:00:00+07:00"
RECEIVED = datetime.fromisoformat("2025-06-16T09:00:00+07:00").timestamp()
HS01 = {
    "1": 100, "1.1": 60, "1.2": 25, "1.3": 10, "1.4": 5, "2": 90, "2.1": 30, "2.2": 55, "2.3": 5,
    "3": 10, "3.1": 8, "3.2": 2, "4.1": 50, "4.2": 40, "5.1": 20, "5.2": 19,
}  # fmt: skip


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """The registry of Thanh Hóa with the rows of both how-to pages appended."""
    folder = tmp_path / "registry"
    shutil.copytree(REGISTRY, folder)
    for page in (NEW_FORM, "docs/how-to/add-a-kpi.md"):
        for name, rows in examples(page):
            append(folder / f"{name}.csv", rows)
    return folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """The file the page shows, and one filing of the form the new KPI is computed from."""
    shown = re.findall(r"```\n(Mã biểu.*?)```", (PROJECT / NEW_FORM).read_text(), re.DOTALL)[0]
    filing = saved(
        workbook([*stamp("HS-01", "so-cong-thuong", "2025-M06"), [], *list_rows(list(HS01.items()))])
    )
    folder = tmp_path / "inbox"
    for name, content in {
        "departments/any name.csv": shown.encode(),
        "departments/hs01.xlsx": filing,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (RECEIVED, RECEIVED))
    return folder


def test_what_the_pages_show_is_computed(
    warehouse_dsn: str, registry: Path, inbox: Path, tmp_path: Path
) -> None:
    run_night(settings_for(warehouse_dsn, tmp_path / "home"), registry, inbox, AS_OF)
    query = """
        select kpi_code, value, numerator, denominator, target_code, target_status, confirmed
        from reporting.kpi_values
        where unit_code = '38' and (kpi_code, period_code) in (('BD01', '2025-Q2'), ('BC01', '2025-M06'))
        order by kpi_code
    """
    with connect(warehouse_dsn) as conn:
        assert conn.execute(query).fetchall() == [
            ("BC01", Decimal("10.53"), 10, 95, "BC01-2025", "reached", False),
            ("BD01", Decimal(70), 84, 120, None, "no_target", False),
        ]
