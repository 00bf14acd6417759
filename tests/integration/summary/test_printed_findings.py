"""Findings of a night, printed from a real warehouse."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.cli.findings import print_findings
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.warehouse.nights import Night
from tests.integration.summary.night import (
    AS_OF,
    Printed,
    open_later_night,
)


def test_findings_come_by_file_errors_first_with_their_cell(printed: Printed) -> None:
    findings = printed(print_findings, None)
    assert f"Findings of the night {AS_OF}: 2 errors, 1 remark; 3 files with findings" in findings
    error = findings.index("Xã Đông Sai (90006), B-01 2025-M07, 90006.csv\n✗ B-01.parts_make_the_total, C6\n")
    assert "All dossiers received are not online plus counter plus post." in findings
    assert "→ Kiểm tra lại bốn số tiếp nhận rồi nộp lại báo cáo." in findings
    assert (
        error
        < findings.index("Warnings and remarks, by rule")
        < findings.index("· duplicate, Phường Bình Minh (90001)")
    )


def test_dozens_of_one_fault_are_one_entry(conn: psycopg.Connection, printed: Printed) -> None:
    row = conn.execute("select submission_id from raw.submissions where file_name = '90006.csv'").fetchone()
    assert row is not None
    many = [
        Finding("row", "B-01.whole_number", "error", "Phải là số nguyên.", "It must be whole.", "Sửa lại.", row[0],
                "90006", "B-01", "2025-M07", "90006.csv", "Biểu", f"C{number}", found=str(Decimal(number) / 2))
        for number in range(10, 40)
    ]  # fmt: skip
    store_findings(conn, Night(datetime.fromisoformat(AS_OF), Path(), Path()), many)
    findings = printed(print_findings, AS_OF)
    assert findings.count("B-01.whole_number") == 1
    assert "30 cells of Biểu: C10, C11, C12, C13, C14, C15, C16, C17, C18, C19, … and 20 more" in findings
    assert "reporting.findings" in findings


def test_findings_are_those_of_one_night(conn: psycopg.Connection, printed: Printed) -> None:
    open_later_night(conn)
    assert "Findings of the night 2025-08-20T01:00:00+07:00: none" in printed(print_findings, None)
    assert "B-01.parts_make_the_total" not in printed(print_findings, None)
    assert "B-01.parts_make_the_total" in printed(print_findings, AS_OF)


def test_an_unknown_night_names_the_known_ones(conn: psycopg.Connection) -> None:
    with pytest.raises(KpiReportingError, match=rf"no night 'yesterday'; the newest are {AS_OF[:10]}"):
        print_findings(conn, "yesterday")
