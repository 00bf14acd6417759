"""What a row says of its period is held against the filing's, and rows that are no data say none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpi_reporting.findings import Finding
from kpi_reporting.periods import parse_period
from kpi_reporting.readers.row_periods import row_period_findings
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.structure import find_table
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, FormField, FormRow


def column(code: str, role: FieldRole, label: str) -> FormField:
    return FormField(form_code="F", form_version=1, field_code=code, role=role, label=label, required=True)


FIELDS = (
    column("month", FieldRole.PERIOD, "Tháng"),
    column("unit", FieldRole.UNIT_NAME, "Đơn vị"),
    column("figure", FieldRole.INDICATOR, "Số hồ sơ"),
)
TOTAL = FormRow(
    form_code="F", form_version=1, field_code="month", match_text="Tổng cộng", row_kind="grand_total", section_code=None
)  # fmt: skip


def told(registry: Registry, *rows: Sequence[Any], marks: Sequence[FormRow] = (TOTAL,)) -> list[Finding]:
    sheet = Sheet("Biểu", [[field.label for field in FIELDS], *map(list, rows)])
    table = find_table(sheet, FIELDS)
    assert table is not None
    period = parse_period(registry, "administrative", "2025-M07")
    return list(row_period_findings(period, FIELDS, marks, sheet, table))


def test_a_row_is_of_the_filings_period_however_that_is_written(registry: Registry) -> None:
    said = ("Tháng 7/2025", "tháng 07 năm 2025", "7/2025", "07-2025", "2025-M07", None)
    assert told(registry, *([one, "Xã A", 1] for one in said)) == []


def test_rows_of_other_periods_and_of_none_are_told_with_their_cells(registry: Registry) -> None:
    findings = told(registry, ["6/2025", "Xã A", 1], ["7/2025", "Xã A", 2], ["7", "Xã B", 3])
    assert [(one.rule_id, one.cell, one.found) for one in findings] == [
        ("row_of_other_period", "A2", "6/2025"),
        ("row_period_unknown", "A4", "7"),
    ]
    assert "2025-M06" in findings[0].message_vi


def test_a_total_names_no_period_and_a_row_without_figures_is_not_asked(registry: Registry) -> None:
    rows = (["7/2025", "Xã A", 1], ["TỔNG CỘNG", None, 1], ["Người lập biểu", None, None])
    assert told(registry, *rows) == []
    assert [one.cell for one in told(registry, *rows, marks=())] == ["A3"]


def test_a_table_without_such_a_column_is_not_asked(registry: Registry) -> None:
    sheet = Sheet("Biểu", [["Đơn vị", "Số hồ sơ"], ["tháng 6/2025", 1]])
    table = find_table(sheet, FIELDS[1:])
    assert table is not None
    period = parse_period(registry, "administrative", "2025-M07")
    assert list(row_period_findings(period, FIELDS, (), sheet, table)) == []


def test_fifty_rows_are_told_and_no_more(registry: Registry) -> None:
    assert len(told(registry, *([["6/2025", "Xã A", 1]] * 60))) == 50
