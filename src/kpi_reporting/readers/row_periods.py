"""The period that each row of a table names, against the one it is filed for: nothing is booked to another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.periods import Period
from kpi_reporting.readers.period_texts import periods_in
from kpi_reporting.readers.sheet import Sheet, cell_text, is_blank
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, FormField, FormRow
from kpi_reporting.text import match_key

_MOST_ROWS = 50
_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)
_WORDS = {"month": "tháng", "quarter": "quý", "year": "năm"}


def row_period_findings(
    period: Period, fields: Sequence[FormField], marks: Iterable[FormRow], sheet: Sheet, table: Table
) -> Iterator[Finding]:
    """Return the errors of rows with figures that name another period than the filing's, or none that can be read.

    A row that names none is the filing's own. ``marks`` are rows of the form that are no data, such as a total; the
    text of one says no period. Below a header that says "Tháng", "7/2025" is a month.
    """
    roles = {field.field_code: field.role for field in fields}
    figures = [column for column, code in table.columns.items() if roles.get(code) in _FIGURES]
    for column, code in table.columns.items():
        if roles.get(code) is FieldRole.PERIOD:
            passed_over = {match_key(mark.match_text or "") for mark in marks if mark.field_code == code}
            found = _of_column(period, column, figures, passed_over, sheet, table)
            yield from islice(found, _MOST_ROWS)


def _of_column(
    period: Period, column: int, figures: Sequence[int], passed_over: set[str], sheet: Sheet, table: Table
) -> Iterator[Finding]:
    for row_number in range(table.first_row, table.last_row + 1):
        text = " ".join(cell_text(sheet.cell(row_number, column)).split())
        is_told = text and match_key(text) not in passed_over
        if is_told and any(not is_blank(sheet.cell(row_number, figure)) for figure in figures):
            named = _named(text, period.kind)
            if named != [period.code]:
                yield _finding(period, sheet, cell_address(row_number, column), text, named)


def _named(text: str, kind: str) -> list[str]:
    return periods_in(text) or periods_in(f"{_WORDS.get(kind, '')} {text}")


def _finding(period: Period, sheet: Sheet, cell: str, text: str, named: Sequence[str]) -> Finding:
    if len(named) == 1:
        return built_in("row_of_other_period").finding(
            message_vi=f"Dòng này ghi kỳ “{text}” ({named[0]}), nhưng báo cáo được gửi cho kỳ {period.code}.",
            message_en=f"The row is of {named[0]}, the filing for {period.code}.",
            sheet_name=sheet.name,
            cell=cell,
            found=text,
        )
    return built_in("row_period_unknown").finding(
        message_vi=f"Không đọc được kỳ “{text}” của dòng này.",
        message_en=f"The row's period {text!r} is none that can be read.",
        sheet_name=sheet.name,
        cell=cell,
        found=text,
    )
