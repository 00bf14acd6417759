"""The sender's own workbook back, as values alone: cells at fault are coloured and say what is wrong and what to do.

Nothing in it acts: formulas are their last values, macros, links, names and conditions are left out, and a text that
begins like a formula stays a text.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kpi_reporting.answers.facts import Answer, Found, cells
from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.content import plain_sheets
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Cell, Sheet, cell_text
from kpi_reporting.workbook_bytes import workbook_bytes

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_AUTHOR = "Hệ thống tổng hợp chỉ số"
_NOTES = "Trả lời"
_COLOURS = {"error": "FFF4B6B0", "warning": "FFFFE39A", "info": "FFD9E6F7"}
_MOST_SHEET_CELLS = 400_000
# openpyxl needs some fifty times what a workbook is unpacked; beyond this the summary has to do.
_SMALL = replace(DEFAULTS, file_bytes=4 * 2**20, unpacked_bytes=16 * 2**20)


def marked_workbook(answer: Answer, data: bytes) -> bytes | None:
    """Return the workbook with its faulty cells marked; None when no cell is at fault or it is too large to mark.

    Files of other types come back as a workbook that holds their values.
    """
    at_fault = list(cells(answer.found))
    if not at_fault:
        return None
    try:
        book = _book(data, answer.filed.file_name)
    except Refusal:
        return None
    if book is None:
        return None
    for sheet_name, address, found in at_fault:
        _mark(book, sheet_name, address, found)
    _list(book, answer)
    return workbook_bytes(book)


def _book(data: bytes, file_name: str) -> Workbook | None:
    if data.startswith(b"PK") and "xl/workbook.xml" in Archive(data, _SMALL).names:
        if len(data) > _SMALL.file_bytes:
            return None
        with suppress(
            ValueError, TypeError, KeyError
        ):  # what spreadsheet programs show, and openpyxl does not open
            return _without_anything_that_acts(data)
    sheets = plain_sheets(data, file_name, _SMALL)
    too_many = sum(len(row) for sheet in sheets for row in sheet.rows) > _MOST_SHEET_CELLS
    return _of_values(sheets) if sheets and not too_many else None


def _without_anything_that_acts(data: bytes) -> Workbook:
    from openpyxl import load_workbook
    from openpyxl.formatting.formatting import ConditionalFormattingList
    from openpyxl.worksheet.datavalidation import DataValidationList

    book = load_workbook(io.BytesIO(data), data_only=True, keep_vba=False, keep_links=False)
    book.defined_names.clear()
    for sheet in map(_as_any, book.worksheets):
        sheet.defined_names.clear()
        sheet.conditional_formatting = ConditionalFormattingList()
        sheet.data_validations = DataValidationList()
        sheet._charts, sheet._pivots, sheet._images = [], [], []
        # Those that are there: walking over rows would make every cell up to the last one.
        for cell in sheet._cells.values():
            _tame(cell)
    return book


def _as_any(part: Any) -> Any:
    """The library's stubs do not know what has to be emptied."""
    return part


def _tame(cell: Any) -> None:
    """Leave a value: no hyperlink, and no formula, not even one that was saved as an array."""
    if getattr(cell, "hyperlink", None):
        cell.hyperlink = None
    if cell.data_type == "f":
        cell.value = None


def _of_values(sheets: Sequence[Sheet]) -> Workbook:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        target = book.create_sheet(sheet.name[:31])
        for row_number, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    write_value(target, row_number, column, value)
    return book


def write_value(sheet: Worksheet, row_number: int, column: int, value: Cell) -> None:
    """Write a value as what it is; a text stays a text, whatever it begins with."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = sheet.cell(row_number, column)
    if isinstance(value, bool | int | float | Decimal | date | time | timedelta):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", cell_text(value))
    cell.data_type = "s"


def _mark(book: Workbook, sheet_name: str | None, address: str, found: Sequence[Found]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = _cell(book, sheet_name, address)
    if cell is None:
        return
    told = "\n".join(f"{one.message_vi}\n→ {one.action_vi}" for one in found)
    own = f"{cell.comment.text}\n\n" if cell.comment else ""
    cell.comment = Comment(own + told, _AUTHOR, height=140, width=340)
    cell.fill = PatternFill("solid", fgColor=_COLOURS[found[0].severity])


def _cell(book: Workbook, sheet_name: str | None, address: str) -> Any:
    """The cell at an address; of merged ones the first, which is the one that shows."""
    from openpyxl.utils.cell import coordinate_from_string
    from openpyxl.utils.exceptions import CellCoordinatesException

    if sheet_name is None or sheet_name[:31] not in book.sheetnames:
        return None
    sheet = book[sheet_name[:31]]
    try:
        coordinate_from_string(address)
    except CellCoordinatesException:
        return None
    for area in sheet.merged_cells.ranges:
        if address in area:
            return sheet.cell(area.min_row, area.min_col)
    return sheet[address]


def _list(book: Workbook, answer: Answer) -> None:
    """Add a last sheet that lists everything, also what stands in no cell."""
    name = next(
        name
        for name in (_NOTES, *(f"{_NOTES} {number}" for number in range(2, 99)))
        if name not in book.sheetnames
    )
    sheet = book.create_sheet(name)
    rows = [["Mức độ", "Trang tính", "Ô", "Nội dung", "Cần làm", "Quy tắc"]]
    words = {"error": "Lỗi", "warning": "Cảnh báo", "info": "Lưu ý"}
    rows += [
        [
            words[one.severity],
            one.sheet_name or "",
            one.cell or "",
            one.message_vi,
            one.action_vi,
            one.rule_id,
        ]
        for one in answer.found
    ]
    for row_number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            write_value(sheet, row_number, column, text)
    for letter, width in zip("ABCDEF", (10, 18, 8, 70, 60, 30), strict=True):
        sheet.column_dimensions[letter].width = width
