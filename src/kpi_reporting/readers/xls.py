"""Old Excel workbooks (.xls): read by xlrd, which knows the font of each cell."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import xlrd
from xlrd.compdoc import CompDocError
from xlrd.formula import FormulaError

from kpi_reporting.findings import Finding
from kpi_reporting.readers import file_findings as told
from kpi_reporting.readers.acting_formulas import acting_formulas, acting_names
from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.biff import Streams, streams_of
from kpi_reporting.readers.biff_links import Links
from kpi_reporting.readers.biff_sheets import SheetMarks
from kpi_reporting.readers.defined_names import DefinedName
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.old_marks import old_marks
from kpi_reporting.readers.refusal import Refusal, damaged, encrypted, too_large
from kpi_reporting.readers.rich_text import Runs, decoded
from kpi_reporting.readers.secrets_of_state import MARKED_ROWS
from kpi_reporting.readers.sheet import Cell, Document, ErrorCell, Sheet, Span

_BROKEN = (
    CompDocError, FormulaError, struct.error, AssertionError, OSError,
    LookupError, ValueError, TypeError, AttributeError, NameError, NotImplementedError, ArithmeticError,
)  # fmt: skip
_SIGN_OF_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_SIGN_OF_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_NO_VALUE = ErrorCell("#NO_VALUE")


def read_xls(data: bytes, *, legacy_text: bool = False, limits: Limits = DEFAULTS) -> Document:
    """Read the visible sheets of a workbook.

    Raises:
        Refusal: it has a password, or is broken or cut off.
    """
    if _SIGN_OF_ENCRYPTED_XLSX in data:
        raise encrypted()
    book, streams = _open(data)
    if sum(sheet.nrows for sheet in book.sheets() if sheet.visibility == 0) > limits.rows:
        raise too_large(f"> {limits.rows} dòng")
    marks = old_marks(streams)
    has_macros = marks.has_macros or _SIGN_OF_MACROS in data
    macros = [told.by_policy(limits.macros, told.macros())] if has_macros else []
    findings = [*macros, *_links(marks.links, limits), *_findings(book)]
    try:
        sheets, names = list(_sheets(book, marks.sheets, legacy_text)), list(_names(book))
    except _BROKEN as error:
        raise damaged(error.__class__.__name__) from error
    findings += [one for sheet, _ in sheets for one in acting_formulas(sheet, limits)]
    findings += acting_names(marks.named_calls, limits)
    visible = [sheet for sheet, is_visible in sheets if is_visible]
    hidden = [sheet for sheet, is_visible in sheets if not is_visible]
    return Document("xls", visible, findings, hidden, marks.texts, names)


def _links(links: Links, limits: Limits) -> Iterator[Finding]:
    if links.has_dde:
        yield told.by_policy(limits.dde, told.dde_link())
    if links.files:
        yield told.by_policy(limits.external_links, told.external_links(links.files))


def _sheets(book: Any, marks: Sequence[SheetMarks], legacy_text: bool) -> Iterator[tuple[Sheet, bool]]:
    """Sheets of cells are in one order to both readers; a hidden one is needed up to the last row with a mark."""
    for sheet, found in zip(book.sheets(), chain(marks, repeat(SheetMarks())), strict=False):
        is_visible = sheet.visibility == 0
        rows = sheet.nrows if is_visible else min(sheet.nrows, MARKED_ROWS)
        yield _sheet(book, sheet, rows, found, legacy_text), is_visible


def _findings(book: Any) -> Iterator[Finding]:
    if book.datemode == 1:
        yield told.dates_from_1904()
    for sheet in book.sheets():
        if sheet.visibility != 0 and any(sheet.row_len(row) for row in range(sheet.nrows)):
            yield told.hidden_sheet(sheet.name)


def _names(book: Any) -> Iterator[DefinedName]:
    """Only a name that means one range of one sheet has such a result."""
    for name in book.name_obj_list:
        is_place = name.result is not None and name.result.kind == xlrd.formula.oREF
        ranges: Sequence[Any] = name.result.value if is_place else ()
        if len(ranges) == 1 and 0 <= ranges[0].shtxlo == ranges[0].shtxhi - 1 < book.nsheets:
            sheet = book.sheet_by_index(ranges[0].shtxlo)
            (area,) = ranges
            first = area.rowxlo + 1, area.colxlo + 1
            yield DefinedName(name.name, sheet.name, *first, area.rowxhi, area.colxhi)


def tops_of(data: bytes) -> list[Sheet]:
    """Return the first rows of all sheets of a workbook that is refused, as they are stored; none of a broken one."""
    try:
        book, _ = _open(data)
    except Refusal:
        return []
    return [
        Sheet(sheet.name, [sheet.row_values(row) for row in range(min(sheet.nrows, MARKED_ROWS))])
        for sheet in book.sheets()
    ]


def _open(data: bytes) -> tuple[Any, Streams]:
    """The library never comes back from some streams that are broken, so they are followed first."""
    streams = streams_of(data)
    if streams is None:
        raise damaged("its streams are broken")
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - xlrd prints its complaints
            return xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=nowhere), streams
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise encrypted() from error
        raise damaged(str(error)) from error
    except _BROKEN as error:
        raise damaged(error.__class__.__name__) from error


def _sheet(book: Any, sheet: Any, row_count: int, marks: SheetMarks, legacy_text: bool) -> Sheet:
    rows = [
        [_cell(book, sheet, row, column, legacy_text) for column in range(sheet.row_len(row))]
        for row in range(row_count)
    ]
    merged = [Span(top + 1, bottom, left + 1, right) for top, bottom, left, right in sheet.merged_cells]
    hidden = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    hidden_columns = frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden)
    without_value = list(_without_value(rows, marks))
    return Sheet(
        sheet.name, rows, merged, hidden, without_value, hidden_columns, marks.formulas, marks.page_texts
    )


def _without_value(rows: list[list[Cell]], marks: SheetMarks) -> Iterator[Place]:
    """Yield the places of formulas that were never computed, and show in their cells that they were not."""
    for (row, column), formula in marks.formulas.items():
        if not formula.has_value and row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = _NO_VALUE
            yield row, column


def _cell(book: Any, sheet: Any, row: int, column: int, legacy_text: bool) -> Cell:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        font = book.font_list[book.xf_list[sheet.cell_xf_index(row, column)].font_index].name
        starts = sheet.rich_text_runlist_map.get((row, column))
        runs = _runs(book, value, starts) if starts else ((None, value),)
        return decoded(runs, font, legacy_text) or None
    result: Cell = None
    if kind == xlrd.XL_CELL_NUMBER:
        result = float(value)
    elif kind == xlrd.XL_CELL_BOOLEAN:
        result = bool(value)
    elif kind == xlrd.XL_CELL_ERROR:
        result = ErrorCell(xlrd.error_text_from_code.get(value, "#ERROR"))
    elif kind == xlrd.XL_CELL_DATE:
        result = _date(value, book.datemode)
    return result


def _runs(book: Any, text: str, starts: Sequence[tuple[int, int]]) -> Runs:
    """Each pair says from which letter on which font writes; before the first one it is the cell's."""
    fonts = [(0, None), *((start, book.font_list[font].name) for start, font in starts)]
    ends = [start for start, _ in fonts[1:]] + [len(text)]
    return tuple((font, text[start:end]) for (start, font), end in zip(fonts, ends, strict=True))


def _date(value: float, datemode: int) -> Cell:
    """A number in a date format that is no possible date stays the number it is."""
    try:
        result: Cell = xlrd.xldate_as_datetime(value, datemode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return value
    return result
