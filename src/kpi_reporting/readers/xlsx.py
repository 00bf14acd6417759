"""Excel workbooks (.xlsx, .xlsm): values as Excel last saved them, and what their XML says beside them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from kpi_reporting.findings import Finding
from kpi_reporting.readers import file_findings as told
from kpi_reporting.readers.acting_formulas import acting_formulas, acting_names
from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.legacy_text import to_unicode
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.office_texts import SheetTops, texts_beside
from kpi_reporting.readers.plain_parts import STYLES, plain_data, plain_sheet
from kpi_reporting.readers.refusal import damaged, encrypted, too_large, unsupported
from kpi_reporting.readers.rich_text import Runs, decoded, shared_runs
from kpi_reporting.readers.sheet import Cell, Document, ErrorCell, Sheet
from kpi_reporting.readers.sheet_xml import Marks, last_column, last_row, marks_of
from kpi_reporting.readers.styles import cell_fonts
from kpi_reporting.readers.workbook_xml import SheetPart, Workbook, workbook_of

_BROKEN = (
    BadZipFile, zlib.error, struct.error, EOFError, OSError, ExpatError, SyntaxError, CalamineError,
    LookupError, ValueError, TypeError, AttributeError, NotImplementedError, OverflowError,
)  # fmt: skip
_MACRO_SHEETS = "xl/macrosheets/"
_NO_VALUE = ErrorCell("#NO_VALUE")
_HOLDS_SOMETHING = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")


def read_xlsx(archive: Archive, *, legacy_text: bool = False, limits: Limits = DEFAULTS) -> Document:
    """Read the visible sheets of a workbook; macros and links are never followed.

    Raises:
        Refusal: the archive is broken, cut off, or larger than the limits.
    """
    try:
        book = workbook_of(archive)
        if book is None:
            raise unsupported("zip")
        if archive.has_names_by_case:
            raise damaged("two members with one name")
        findings = list(_file_findings(archive, book, limits))
        sheets = list(_sheets(archive, book, legacy_text, limits))
        findings += [one for sheet in sheets for one in acting_formulas(sheet, limits)]
        hidden, texts = _hidden(archive, book), list(texts_beside(archive.names, archive.read_text))
    except PasswordError as error:
        raise encrypted() from error
    except _BROKEN as error:
        raise damaged(error.__class__.__name__) from error
    return Document("xlsx", sheets, findings, hidden, [*book.names, *texts], book.defined_names)


def _hidden(archive: Archive, book: Workbook) -> list[Sheet]:
    tops = SheetTops(archive.read_text)
    return [tops.sheet(sheet.name, sheet.part) for sheet in book.sheets if not sheet.is_visible]


def _file_findings(archive: Archive, book: Workbook, limits: Limits) -> Iterator[Finding]:
    names = archive.names
    if "xl/vbaProject.bin" in names or any(name.startswith(_MACRO_SHEETS) for name in names):
        yield told.by_policy(limits.macros, told.macros())
    if book.dates_from_1904:
        yield told.dates_from_1904()
    links = [archive.read_xml(name) for name in names if name.startswith("xl/externalLinks/externalLink")]
    if any(b"ddeLink" in link for link in links):
        yield told.by_policy(limits.dde, told.dde_link())
    if any(b"ddeLink" not in link for link in links):
        yield told.by_policy(limits.external_links, told.external_links(_targets(archive, names)))
    yield from acting_names(book.named_formulas, limits)
    for sheet in book.sheets:
        if not sheet.is_visible and _HOLDS_SOMETHING.search(archive.read_xml(sheet.part)):
            yield told.hidden_sheet(sheet.name)


def _targets(archive: Archive, names: Sequence[str]) -> list[str]:
    relations = (name for name in names if name.startswith("xl/externalLinks/_rels/"))
    return told.link_targets(b" ".join(archive.read_xml(name) for name in relations))


def _sheets(archive: Archive, book: Workbook, legacy_text: bool, limits: Limits) -> Iterator[Sheet]:
    styles = archive.read_xml(STYLES)
    fonts, texts = cell_fonts(styles), shared_runs(archive.read_xml("xl/sharedStrings.xml"))
    visible = [sheet for sheet in book.sheets if sheet.is_visible]
    marks: dict[int, Marks] = {}
    written_anew: dict[str, bytes] = {}
    for sheet in visible:
        part, is_new = plain_sheet(archive, sheet.part, sheet.name)
        written_anew |= {sheet.part: part} if is_new else {}
        marks[sheet.place] = _marks(part, sheet, fonts, texts, limits)
    values = CalamineWorkbook.from_object(BytesIO(plain_data(archive, written_anew, styles)))
    if values.sheet_names != book.names:
        raise damaged("its sheets have other names to another reader")
    for sheet in visible:
        rows = values.get_sheet_by_index(sheet.place).to_python(skip_empty_area=False)
        yield _sheet(sheet.name, _as_cells(rows), marks[sheet.place], fonts, legacy_text)


def _marks(
    part: bytes, sheet: SheetPart, fonts: dict[int, str], texts: dict[int, Runs], limits: Limits
) -> Marks:
    """Find the marks of a sheet, whose rectangle of cells must be one that can be laid out in memory."""
    rows = last_row(part)
    if rows > limits.rows:
        raise too_large(f"> {limits.rows} dòng, trang “{sheet.name}”")
    if rows * 26 > limits.cells or (rows * 16384 > limits.cells and rows * last_column(part) > limits.cells):
        raise too_large(f"> {limits.cells} ô, trang “{sheet.name}”")
    return marks_of(part, fonts.keys(), texts)


def _as_cells(rows: Iterable[list[Any]]) -> list[list[Cell]]:
    return [[None if cell == "" else cell for cell in row] for row in rows]


def _sheet(
    name: str, rows: list[list[Cell]], marks: Marks, fonts: dict[int, str], legacy_text: bool
) -> Sheet:
    without_value = [place for place, formula in marks.formulas.items() if not formula.has_value]
    _decode(rows, marks, fonts, legacy_text)
    for place, text in marks.errors.items():
        _put(rows, place, ErrorCell(text))
    for place, number in marks.long_numbers.items():
        _put(rows, place, number)
    for place in without_value:
        _put(rows, place, _NO_VALUE)
    return Sheet(
        name,
        rows,
        marks.merged,
        marks.hidden_rows,
        without_value,
        marks.hidden_columns,
        marks.formulas,
        marks.page_texts,
    )


def _decode(rows: list[list[Cell]], marks: Marks, fonts: dict[int, str], legacy_text: bool) -> None:
    """Decode text in fonts from before Unicode; every text when the form says so."""
    if legacy_text:
        for row in rows:
            row[:] = [to_unicode(cell, None, True) if isinstance(cell, str) else cell for cell in row]
    else:
        for place, style in marks.styled.items():
            if isinstance(cell := _at(rows, place), str):
                _put(rows, place, to_unicode(cell, fonts[style], False))
    for place, runs in marks.runs.items():
        if isinstance(_at(rows, place), str):
            _put(rows, place, decoded(runs, fonts.get(marks.styled.get(place, -1)), legacy_text))


def _at(rows: list[list[Cell]], place: tuple[int, int]) -> Cell:
    row_number, column = place
    return (
        rows[row_number - 1][column - 1]
        if row_number <= len(rows) and column <= len(rows[row_number - 1])
        else None
    )


def _put(rows: list[list[Cell]], place: tuple[int, int], cell: Cell) -> None:
    row_number, column = place
    rows.extend([] for _ in range(row_number - len(rows)))
    row = rows[row_number - 1]
    row.extend(None for _ in range(column - len(row)))
    row[column - 1] = cell
