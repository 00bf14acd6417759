"""Rows of a CSV file with more fields than their header: a delimiter inside a number or a text moved its cells.

A spreadsheet never writes such rows: it quotes what holds the delimiter, and pads all rows to one width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.sheet import Cell, Sheet, is_blank_row
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, FormField

_MOST_ROWS = 50
_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)
_BEFORE_A_COMMA, _BEHIND_A_COMMA = re.compile(r"\s*[+-]?[0-9][0-9. ]*"), re.compile(r"[0-9]+\s*")


def field_findings(fields: Sequence[FormField], sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return the errors of rows whose fields are not those of the header; nothing for what is no CSV file."""
    if sheet.delimiter:
        figures = _figure_columns(fields, table)
        has_commas = sheet.delimiter == ","
        yield from islice(_of_rows(sheet, table, figures, has_commas=has_commas), _MOST_ROWS)


def _figure_columns(fields: Sequence[FormField], table: Table) -> list[int]:
    codes = {field.field_code for field in fields if field.role in _FIGURES}
    return sorted(column for column, code in table.columns.items() if code in codes)


def _of_rows(sheet: Sheet, table: Table, figures: Sequence[int], *, has_commas: bool) -> Iterator[Finding]:
    width = max(len(row) for row in sheet.rows[table.header_row - 1 : table.first_row - 1])
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
