"""Excel workbooks (.xlsx, .xlsm): values as Excel last saved them, and which formulas have none."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.reader.workbook import WorkbookParser
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import iterparse

from kpi_reporting.readers.legacy_text import to_unicode
from kpi_reporting.readers.refusal import damaged, too_large, unsupported
from kpi_reporting.readers.sheet import Cell, Document, ErrorCell, Sheet, Span

_MAX_UNPACKED = 96 * 1024 * 1024
_WORKBOOK = "xl/workbook.xml"
_EXCEL_ROWS = 1_048_576
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_BROKEN = (
    BadZipFile, zlib.error, EOFError, OSError, SyntaxError,
    LookupError, ValueError, TypeError, AttributeError, NotImplementedError, OverflowError,
)  # fmt: skip
_NAME_SPACE = re.compile(r"^\{.*\}")
_NO_VALUE = ErrorCell("#NO_VALUE")


def read_xlsx(data: bytes, *, legacy_text: bool = False) -> Document:
    """Read the visible sheets of a workbook.

    Raises:
        Refusal: the archive is broken, cut off, or unpacks to more than any filing.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MAX_UNPACKED:
                raise too_large(f"> {_MAX_UNPACKED // 1024 // 1024} MB")
            if _WORKBOOK not in archive.namelist():
                raise unsupported("zip")
            without_value = _formulas_without_value(archive)
        book = load_workbook(BytesIO(data), data_only=True)
    except _BROKEN as error:
        raise damaged(error.__class__.__name__) from error
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return Document(
        "xlsx", [_sheet(sheet, without_value.get(sheet.title, []), legacy_text) for sheet in visible]
    )


def _sheet(sheet: Worksheet, without_value: list[tuple[int, int]], legacy_text: bool) -> Sheet:
    rows = _rows(sheet, legacy_text)
    for row_number, column_number in without_value:
        rows[row_number - 1][column_number - 1] = _NO_VALUE
    merged = [
        Span(area.min_row, area.max_row, area.min_col, area.max_col) for area in sheet.merged_cells.ranges
    ]
    hidden = frozenset(number for number, row in sheet.row_dimensions.items() if row.hidden)
    return Sheet(sheet.title, rows, merged, hidden, without_value)


def _rows(sheet: Worksheet, legacy_text: bool) -> list[list[Cell]]:
    """Return only the cells that are in the file: asking openpyxl by row makes every cell up to the last."""
    rows: list[list[Cell]] = []
    if sheet.max_row > _EXCEL_ROWS:
        raise damaged(f"row {sheet.max_row}")
    for (row_number, column_number), cell in sorted(sheet._cells.items()):
        rows.extend([] for _ in range(row_number - len(rows)))
        row = rows[row_number - 1]
        row.extend(None for _ in range(column_number - len(row)))
        row[column_number - 1] = _cell(cell, legacy_text)
    return rows


def _cell(cell: Any, legacy_text: bool) -> Cell:
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            return ErrorCell(value)
        return to_unicode(value, cell.font.name, legacy_text)
    result: Cell = value
    return result


def _formulas_without_value(archive: ZipFile) -> dict[str, list[tuple[int, int]]]:
    """Return (row, column) by sheet: a program that computes nothing saves formulas with no value at all.

    A formula whose value is an empty text has one, and openpyxl shows both as None.
    """
    parser = WorkbookParser(archive, _WORKBOOK)
    parser.parse()
    found: dict[str, list[tuple[int, int]]] = {}
    for sheet, relation in parser.find_sheets():
        part = archive.read(relation.target) if relation.target in archive.namelist() else b""
        if _FORMULA.search(part):
            found[sheet.name] = list(_empty_formulas(part))
    return found


def _empty_formulas(part: bytes) -> Iterator[tuple[int, int]]:
    for _, element in iterparse(BytesIO(part)):
        if _NAME_SPACE.sub("", element.tag) == "c":
            if _is_empty_formula(element):
                column, row_number = coordinate_from_string(element.attrib["r"])
                yield row_number, column_index_from_string(column)
            element.clear()


def _is_empty_formula(cell: Element) -> bool:
    parts = {_NAME_SPACE.sub("", part.tag): part.text for part in cell}
    return "f" in parts and not parts.get("v") and not ("v" in parts and cell.get("t") == "str")
