"""Rows of a CSV file with more fields than their header, or a last one with fewer: cells that moved or were cut off.

A spreadsheet never writes such rows: it quotes what holds the delimiter, pads all rows to one width, and ends the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.sheet import Cell, Sheet, cell_text, is_blank_row
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, FormField

_MOST_ROWS = 50
_NUMBER, _CODE = re.compile(r"[-+(]?[0-9][0-9.,\s%)]*"), re.compile(r"[0-9]+|[a-z0-9]+(?:-[a-z0-9]*)+")
_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)
_BEFORE_A_COMMA, _BEHIND_A_COMMA = re.compile(r"\s*[+-]?[0-9][0-9. ]*"), re.compile(r"[0-9]+\s*")


def field_findings(fields: Sequence[FormField], sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return the errors of rows whose fields are not those of the header; nothing for what is no CSV file."""
    if sheet.delimiter:
        figures = _figure_columns(fields, table)
        has_commas = sheet.delimiter == ","
        yield from islice(_of_rows(sheet, table, figures, has_commas=has_commas), _MOST_ROWS)
        yield from _cut_off(fields, sheet, table, figures)


def split_by_comma(sheet: Sheet, place: Place) -> Finding | None:
    """Return the error of a figure that a comma inside it may have split into two fields of its row."""
    row_number, column = place
    return _split(sheet, place) if _is_split(sheet.rows[row_number - 1], column) else None


def _figure_columns(fields: Sequence[FormField], table: Table) -> list[int]:
    codes = {field.field_code for field in fields if field.role in _FIGURES}
    return sorted(column for column, code in table.columns.items() if code in codes)


def _of_rows(sheet: Sheet, table: Table, figures: Sequence[int], *, has_commas: bool) -> Iterator[Finding]:
    width = _width(sheet, table)
    notes = table.columns.keys() - set(figures)
    for row_number in range(table.first_row, table.last_row + 1):
        row = sheet.rows[row_number - 1]
        split = next((column for column in figures if has_commas and _is_split(row, column)), None)
        if len(row) > width and not is_blank_row(row):
            # In a table of many figures nobody can tell which of them was cut.
            place = split if split and len(figures) == 1 else width + 1
            yield _wider(sheet, (row_number, place), width)
        elif split and split + 1 in notes:
            yield _split(sheet, (row_number, split))


def _width(sheet: Sheet, table: Table) -> int:
    return max(len(row) for row in sheet.rows[table.header_row - 1 : table.first_row - 1])


def _cut_off(
    fields: Sequence[FormField], sheet: Sheet, table: Table, figures: Sequence[int]
) -> Iterator[Finding]:
    """A last row without its end that stops short, where most rows above have all their fields, was cut off.

    What holds neither a figure nor a code is a line for the eye, as those who sign write below a table.
    """
    last, width = len(sheet.rows), _width(sheet, table)
    if not sheet.is_unended or last != table.last_row or last <= table.first_row:
        return
    row, above = sheet.rows[last - 1], sheet.rows[table.first_row - 1 : last - 1]
    whole = sum(len(one) >= width for one in above)
    if len(row) < width and 2 * whole > len(above) and _is_of_data(fields, table, row, figures):
        yield _last_row_cut_off(sheet, (last, len(row)), width)


def _is_of_data(
    fields: Sequence[FormField], table: Table, row: Sequence[Cell], figures: Sequence[int]
) -> bool:
    if any(_NUMBER.fullmatch(cell_text(row[column - 1])) for column in figures if column <= len(row)):
        return True
    roles = {field.field_code: field.role for field in fields}
    items = [field.item_code for field in fields if field.item_code]
    for column, code in table.columns.items():
        text = cell_text(row[column - 1]) if column <= len(row) else ""
        if text and roles.get(code) is FieldRole.ITEM_CODE:
            return any(item.startswith(text) for item in items)
        if text and roles.get(code) is FieldRole.UNIT_CODE:
            return _CODE.fullmatch(text) is not None
    return False


def _is_split(row: Sequence[Cell], column: int) -> bool:
    if column >= len(row):
        return False
    whole, rest = row[column - 1], row[column]
    return (
        isinstance(whole, str)
        and isinstance(rest, str)
        and bool(_BEFORE_A_COMMA.fullmatch(whole) and _BEHIND_A_COMMA.fullmatch(rest))
    )


def _wider(sheet: Sheet, place: tuple[int, int], width: int) -> Finding:
    row_number, column = place
    count = len(sheet.rows[row_number - 1])
    written = _written(sheet, place) if column <= width else None
    perhaps = f" Có thể là số “{written}”." if written else ""
    return built_in("row_wider_than_header").finding(
        message_vi=f"Dòng {row_number} có {count} ô trong khi dòng tiêu đề chỉ có {width} ô; dấu phân cách nằm trong "
        f"một số hoặc một đoạn chữ đã tách nó thành nhiều ô.{perhaps}",
        message_en=f"Row {row_number} has {count} fields, its header {width}; a delimiter inside a field split it.",
        sheet_name=sheet.name,
        cell=cell_address(*place),
        found=written,
    )


def _last_row_cut_off(sheet: Sheet, place: tuple[int, int], width: int) -> Finding:
    row_number, count = place
    return built_in("last_row_cut_off").finding(
        message_vi=f"Dòng cuối của tệp (dòng {row_number}) dừng giữa chừng: có {count} ô trong khi tiêu đề có {width} "
        "ô và không có dấu xuống dòng; tệp có thể bị cắt cụt khi gửi.",
        message_en=f"The last row ({row_number}) has {count} of {width} fields and no line end; it was cut off.",
        sheet_name=sheet.name,
        cell=cell_address(*place),
        found=cell_text(sheet.cell(*place)) or None,
    )


def _split(sheet: Sheet, place: tuple[int, int]) -> Finding:
    written = _written(sheet, place)
    return built_in("figure_split_by_comma").finding(
        message_vi=f"Dòng {place[0]}: ngay sau số liệu, ô ghi chú chỉ có chữ số; có thể dấu phẩy trong số “{written}” "
        "đã tách số thành hai ô.",
        message_en=f"Row {place[0]}: nothing but digits in the notes behind a figure; {written!r} may be one number.",
        sheet_name=sheet.name,
        cell=cell_address(*place),
        found=written,
    )


def _written(sheet: Sheet, place: tuple[int, int]) -> str:
    row_number, column = place
    return f"{sheet.cell(row_number, column)},{sheet.cell(row_number, column + 1)}"[:100]
