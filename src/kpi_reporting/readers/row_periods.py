"""The period that each row of a table names, against the one it is filed for: nothing is booked to another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.periods import Period
from kpi_reporting.readers.period_texts import period_of_column, said_in
from kpi_reporting.readers.sheet import Sheet, cell_text, is_blank
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, FormField, FormRow
from kpi_reporting.text import match_key

_MOST_ROWS = 50
_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)


@dataclass(frozen=True)
class PeriodOfRow:
    """What a row says in a column of periods: the words, empty where it says none, and the periods these name."""

    row_number: int
    cell: str
    text: str
    named: Sequence[str]
    has_figures: bool


def periods_of_rows(
    kind: str, fields: Sequence[FormField], sheet: Sheet, table: Table
) -> Iterator[PeriodOfRow]:
    """Yield what the rows of a table say in its columns of periods, if it has any.

    ``kind`` is that of the form's periods: below a header that says "Tháng", "7/2025" is a month. What a cell says
    that is merged over rows, each of them says.
    """
    roles = {field.field_code: field.role for field in fields}
    figures = [column for column, code in table.columns.items() if roles.get(code) in _FIGURES]
    for column, code in table.columns.items():
        if roles.get(code) is FieldRole.PERIOD:
            for row_number, text in _texts(column, kind, sheet, table).items():
                has_figures = any(not is_blank(sheet.cell(row_number, figure)) for figure in figures)
                named = period_of_column(text, kind) if text else []
                yield PeriodOfRow(row_number, cell_address(row_number, column), text, named, has_figures)


def _texts(column: int, kind: str, sheet: Sheet, table: Table) -> dict[int, str]:
    cells = {row: sheet.cell(row, column) for row in range(table.first_row, table.last_row + 1)}
    texts = {row: " ".join((said_in(cell, kind) or cell_text(cell)).split()) for row, cell in cells.items()}
    for area in sheet.merged:
        if area.first_column == column and area.first_row in texts:
            below = range(area.first_row + 1, min(area.last_row, table.last_row) + 1)
            texts |= dict.fromkeys(below, texts[area.first_row])
    return texts


def row_period_findings(
    period: Period, fields: Sequence[FormField], marks: Iterable[FormRow], sheet: Sheet, table: Table
) -> Iterator[Finding]:
    """Return the errors of rows with figures that name another period than the filing's, or none that can be read.

    A row that names none is the filing's own. ``marks`` are rows of the form that are no data, such as a total; the
    text of one says no period.
    """
    roles = {field.field_code: field.role for field in fields}
    passed_over = {
        match_key(mark.match_text or "") for mark in marks if roles.get(mark.field_code) is FieldRole.PERIOD
    }
    told = (
        row
        for row in periods_of_rows(period.kind, fields, sheet, table)
        if row.text and row.has_figures and match_key(row.text) not in passed_over
    )
    wrong = (_finding(period, sheet, row) for row in told if list(row.named) != [period.code])
    yield from islice(wrong, _MOST_ROWS)


def _finding(period: Period, sheet: Sheet, row: PeriodOfRow) -> Finding:
    if len(row.named) == 1:
        return built_in("row_of_other_period").finding(
            message_vi=f"Dòng này ghi kỳ “{row.text}” ({row.named[0]}), nhưng báo cáo được gửi cho kỳ {period.code}.",
            message_en=f"The row is of {row.named[0]}, the filing for {period.code}.",
            sheet_name=sheet.name,
            cell=row.cell,
            found=row.text,
        )
    return unknown_period(sheet, row)


def unknown_period(sheet: Sheet, row: PeriodOfRow) -> Finding:
    """Return the error of a row of which nobody can say for which period it is."""
    said = f"Không đọc được kỳ “{row.text}” của dòng này."
    return built_in("row_period_unknown").finding(
        message_vi=said
        if row.text
        else "Dòng này có số liệu nhưng không ghi kỳ, trong khi tệp gồm nhiều kỳ.",
        message_en=f"The row's period {row.text!r} is none that can be read.",
        sheet_name=sheet.name,
        cell=row.cell,
        found=row.text,
    )
