"""Cells of several fonts, of which one is from before Unicode."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.ods import read_ods
from kpi_reporting.readers.xls import read_xls
from kpi_reporting.readers.xlsx import read_xlsx
from tests.corpus.biff import saved_old
from tests.corpus.making import SHEET, changed, with_members
from tests.corpus.ods import cell, packed, table
from tests.workbooks import saved

OLD, RUNS = ".VnTime", ((None, "Số, "), (".VnTime", "tæng sè"), ("Arial", " hồ sơ"))
WHOLE = "Số, tổng số hồ sơ"
Runs = Sequence[tuple[str | None, str]]


def rich(runs: Runs = RUNS, font: str = "Calibri") -> bytes:
    """A workbook whose cell B2 holds the runs, written into the cell."""
    book = Workbook()
    sheet = book.worksheets[0]
    blocks = [TextBlock(InlineFont(rFont=name), text) if name else text for name, text in runs]
    sheet["B2"], sheet["A1"] = CellRichText(*blocks), "tæng"
    sheet["B2"].font = Font(name=font)
    return saved(book)


def shared(runs: Runs = RUNS) -> bytes:
    """The same with the text among the shared ones, as Excel writes it."""
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    text = "".join(
        f"<r>{f'<rPr><b/><rFont val={chr(34)}{font}{chr(34)}/></rPr>' if font else ''}"
        f'<t xml:space="preserve">{text}</t></r>'
        for font, text in runs
    )
    strings = b"<sst %s><si><t>kh\xc3\xa1c</t></si><si>%s<rPh sb='0' eb='1'><t>x</t></rPh></si></sst>" % (
        main, text.encode(),
    )  # fmt: skip
    rows = b'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
    part = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (main, rows)
    relation = (
        b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        b'Target="sharedStrings.xml" Id="rId99"/></Relationships>'
    )
    data = changed(
        rich(),
        {
            SHEET: lambda _: part,
            "xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", relation),
        },
    )
    return with_members(data, {"xl/sharedStrings.xml": strings})


def test_xlsx_runs_in_the_cell_are_read_by_their_fonts() -> None:
    (sheet,) = read_xlsx(Archive(rich(), DEFAULTS)).sheets
    assert sheet.cell(2, 2) == WHOLE
    assert sheet.cell(1, 1) == "tæng"


def test_xlsx_shared_runs_are_read_by_their_fonts() -> None:
    (sheet,) = read_xlsx(Archive(shared(), DEFAULTS)).sheets
    assert (sheet.cell(2, 1), sheet.cell(2, 2)) == ("khác", WHOLE)


def test_xlsx_runs_without_a_font_have_that_of_the_cell() -> None:
    runs = ((None, "tæng sè "), ("VNI-Times", "hoà sô "), ("Arial", "à"))
    (sheet,) = read_xlsx(Archive(rich(runs, font=OLD), DEFAULTS)).sheets
    assert sheet.cell(2, 2) == "tổng số hồ sơ à"


def test_xls_runs_are_read_by_their_fonts() -> None:
    book = xlwt.Workbook()
    fonts = {name: xlwt.easyfont(f"name {name or 'Arial'}") for name, _ in RUNS}
    book.add_sheet("a").write_rich_text(
        0, 0, [text if name is None else (text, fonts[name]) for name, text in RUNS]
    )
    (sheet,) = read_xls(saved_old(book)).sheets
    assert sheet.cell(1, 1) == WHOLE


@pytest.mark.parametrize("around", ["", 'table:style-name="old"'])
def test_ods_runs_are_read_by_their_fonts(around: str) -> None:
    span = '<text:span text:style-name="old">Toång soá</text:span>'
    rich_cell = f'<table:table-cell office:value-type="string" {around}><text:p>{span} hồ sơ</text:p></table:table-cell>'
    (sheet,) = read_ods(Archive(packed(table([[rich_cell, cell("Toång")]])), DEFAULTS)).sheets
    assert sheet.rows[0] == ["Tổng số hồ sơ", "Toång"]
