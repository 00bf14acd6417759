"""A row that numbers the columns (1, 2, 3 …) and may be data all the same: of an item "1", or a unit of that code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.sheet import Sheet, cell_text
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, FormField

_LABELS = (FieldRole.ITEM_LABEL, FieldRole.UNIT_NAME)


def numbering_findings(
    registry: Registry, fields: Sequence[FormField], sheet: Sheet, table: Table
) -> Iterator[Finding]:
    """Return the error of a row that was passed over as one that numbers the columns and may be one of data.

    Where a column of names has a number there, or the same code stands below, the row can only be numbers.
    """
    row_number = table.numbering_row
    roles = {field.field_code: field.role for field in fields}
    named = {roles.get(code): column for column, code in table.columns.items()}
    if row_number is None or not named.keys().isdisjoint(_LABELS):
        return
    for role, codes in _codes(registry, fields):
        column = named.get(role)
        text = cell_text(sheet.cell(row_number, column)) if column else ""
        if column and text in codes and not _stands_below(sheet, table, column, text):
            yield _finding(sheet, row_number, column, text)
            return


def _codes(registry: Registry, fields: Sequence[FormField]) -> Iterator[tuple[FieldRole, set[str | None]]]:
    yield FieldRole.ITEM_CODE, {field.item_code for field in fields if field.item_code}
    yield FieldRole.UNIT_CODE, {unit.code for unit in registry.units}
    yield FieldRole.BREAKDOWN, {one.breakdown_code for one in registry.breakdowns}


def _stands_below(sheet: Sheet, table: Table, column: int, text: str) -> bool:
    below = range(table.first_row, table.last_row + 1)
    return any(cell_text(sheet.cell(row_number, column)) == text for row_number in below)


def _finding(sheet: Sheet, row_number: int, column: int, text: str) -> Finding:
    return built_in("numbers_or_figures").finding(
        message_vi=f"Dòng {row_number} ngay dưới tiêu đề có thể là dòng đánh số cột, cũng có thể là số liệu của mã "
        f"“{text}”, vì mã này không có ở dòng nào khác.",
        message_en=f"Row {row_number} may number the columns or hold the figures of {text!r}, which is nowhere else.",
        sheet_name=sheet.name,
        cell=cell_address(row_number, column),
        found=text,
    )
