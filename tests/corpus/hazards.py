"""Workbooks whose cells are not what they seem."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import numbers

from tests.corpus.cases import JUNE, FaultyFile, faulty
from tests.corpus.making import (
    BOOK,
    SHEET,
    changed,
    computed,
    district,
    hs01_book,
    replacing,
    with_members,
)
from tests.workbooks import saved


def figure(value: Any) -> bytes:
    return saved(hs01_book(("1", 5), ("1.1", value)))


def error(text: str) -> bytes:
    return computed(hs01_book(("1", 5), ("1.1", "=1/0")), {"D8": text})


def hidden_row() -> bytes:
    book = hs01_book(("1", 5), ("1.1", 3))
    book.worksheets[0].row_dimensions[8].hidden = True
    return saved(book)


def hidden_column(letters: str = "D") -> bytes:
    book = hs01_book(("1", 5), ("1.1", 3))
    book.worksheets[0].column_dimensions[letters].hidden = True
    return saved(book)


def hidden_sheet(cell: Any, state: str = "hidden") -> bytes:
    book = hs01_book(("1", 5))
    other = book.create_sheet("Nháp")
    other["A1"], other.sheet_state = cell, state
    return saved(book)


def merged_rows() -> bytes:
    book = hs01_book(("1", 5), ("1.1", None))
    book.worksheets[0].merge_cells("D7:D8")
    return saved(book)


def merged_columns() -> bytes:
    book = hs01_book(("1", 5), ("1.1", 3))
    book.worksheets[0].merge_cells("D7:E7")
    return saved(book)


def merged_label(*rows: int) -> bytes:
    book = hs01_book(("1", 5), ("1.1", 3))
    for row in (6, *rows):
        book.worksheets[0].merge_cells(f"D{row}:E{row}")
    return saved(book)


def far_down() -> bytes:
    book = hs01_book(("1", 5), ("1.1", 3))
    book.worksheets[0].insert_rows(6, 100)
    return saved(book)


COMMUNES = ("14797", "14812", "14758", "14761", "14773")


def summed(formula: str, rows: int = 4, *, total_above: bool = False) -> bytes:
    """A district's table with a total of column C; the other columns are typed."""
    typed = [[code, None, 10 * number, *[1] * 15] for number, code in enumerate(COMMUNES[:rows], 1)]
    total = [[None, "Tổng cộng", formula, *[rows] * 15]]
    place = 8 if total_above else 8 + rows
    return computed(district([*total, *typed] if total_above else [*typed, *total]), {f"C{place}": 100})


def typed_over(column: int = 3) -> bytes:
    """Column C is computed from the others, but for the third commune."""
    rows = [[code, None, f"=SUM(D{row}:F{row})", *[1] * 15] for row, code in enumerate(COMMUNES, 8)]
    rows[2][column - 1] = 99
    return computed(district(rows), {f"C{row}": 3 for row in (8, 9, 11, 12)})


def linked(formula: str, value: Any = 5) -> bytes:
    return computed(hs01_book(("1", 5), ("1.1", formula)), {"D8": value})


def with_link(kind: bytes = b"<externalBook/>") -> bytes:
    part = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</externalLink>'
        % kind
    )
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="x/externalLinkPath" Target="file:///D:\\So%20lieu\\thang6.xlsx" TargetMode="External"/></Relationships>'
    )
    members = {
        "xl/externalLinks/externalLink1.xml": part,
        "xl/externalLinks/_rels/externalLink1.xml.rels": relation,
    }
    return with_members(saved(hs01_book(("1", 5))), members)


def from_1904() -> bytes:
    data = saved(hs01_book(("1", 5)))
    return changed(data, {BOOK: replacing(b"<workbookPr ", b'<workbookPr date1904="1" ')})


def macros() -> bytes:
    return with_members(saved(hs01_book(("1", 5))), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def in_date_format(value: Any) -> bytes:
    book = hs01_book(("1", 5), ("1.1", value))
    book.worksheets[0]["D8"].number_format = numbers.FORMAT_DATE_DDMMYY
    return saved(book)


def written(part: bytes, new: bytes) -> bytes:
    """The cell D8, which holds 3, written in another way."""
    data = saved(hs01_book(("1", 5), ("1.1", 3)))
    return changed(data, {SHEET: replacing(part, new)})


D8 = b'<c r="D8" t="n"><v>3</v></c>'
ROW_8, SINGLE = b'<row r="8">', b"<row r='8' hidden='1'>"


def noted() -> bytes:
    book: Workbook = hs01_book(("1", 5), ("1.1", None))
    book.worksheets[0]["B8"] = "Hồ sơ trực tuyến (chưa có số liệu)"
    return saved(book)


FILES: list[FaultyFile] = [
    faulty("nothing is wrong", lambda: figure(3)),
    faulty("zero is a figure", lambda: figure(0)),
    faulty("an empty figure is for the door", lambda: figure(None)),
    faulty("words where a figure belongs are for the door", lambda: figure("ba mươi")),
    *(
        faulty(f"error {text}", lambda text=text: error(text), "error_cell@D8")  # type: ignore[misc]
        for text in ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")
    ),
    faulty("a number stored as text", lambda: figure("1.234"), "number_as_text@D8"),
    faulty("a number of text with a decimal comma", lambda: figure("9,99"), "number_as_text@D8"),
    faulty(
        "a number of text with a blank that does not break",
        lambda: figure("1\u00a0234,5"),
        "number_as_text@D8",
    ),
    faulty("English separators in a Vietnamese form", lambda: figure("1,234.5"), "other_locale@D8"),
    faulty("a decimal point in a Vietnamese form", lambda: figure("9.99"), "other_locale@D8"),
    faulty("thousands in the wrong places", lambda: figure("12.34.567"), "other_locale@D8"),
    faulty("dossiers beside the number", lambda: figure("12 hồ sơ"), "unit_in_figure@D8"),
    faulty("millions beside the number", lambda: figure("12,5 triệu đồng"), "unit_in_figure@D8"),
    faulty("a percent sign", lambda: figure("30%"), "unit_in_figure@D8"),
    faulty("a date where a figure belongs", lambda: figure(date(2025, 2, 1)), "date_in_figure@D8"),
    faulty("a time where a figure belongs", lambda: figure(time(8, 30)), "date_in_figure@D8"),
    faulty("hours where a figure belongs", lambda: figure(timedelta(hours=30)), "date_in_figure@D8"),
    faulty("a date typed as text", lambda: figure("01/02/2025"), "date_in_figure@D8"),
    faulty("a count in the format of a date", lambda: in_date_format(12), "date_in_figure@D8"),
    faulty("a formula without value", lambda: figure("=1+1"), "!formula_without_value@D8"),
    faulty("a hidden row", hidden_row, "hidden_rows@A8"),
    faulty("a hidden column of figures", hidden_column, "hidden_columns@D6"),
    faulty("a hidden column outside of the table", lambda: hidden_column("H")),
    faulty("a hidden sheet with data", lambda: hidden_sheet(7), "hidden_sheet"),
    faulty("a very hidden sheet with text", lambda: hidden_sheet("x", "veryHidden"), "hidden_sheet"),
    faulty("a hidden sheet without data", lambda: hidden_sheet(None)),
    faulty("figures of two rows merged", merged_rows, "merged_cells@D7"),
    faulty("a figure merged with the cell right of it", merged_columns),
    faulty("a label merged over two columns that rows keep apart", merged_label, "!doubled_columns@A6"),
    faulty("a label merged over two columns that rows merge, too", lambda: merged_label(7, 8)),
    faulty("a table a hundred rows below its stamp", far_down),
    faulty("a sum of all rows", lambda: summed("=SUM(C8:C11)"), received_at=JUNE),
    faulty(
        "a sum that misses the last row", lambda: summed("=SUM(C8:C10)"), "short_sum@C12", received_at=JUNE
    ),
    faulty(
        "a total above that misses the last row",
        lambda: summed("=SUM(C9:C11)", total_above=True),
        "short_sum@C8",
        received_at=JUNE,
    ),
    faulty("a sum of another column is no short sum", lambda: summed("=SUM(D8:D9)"), received_at=JUNE),
    faulty("a figure typed over a formula", typed_over, "typed_over_formula@C10", received_at=JUNE),
    faulty("a figure from another file", lambda: linked("=[1]Sheet1!A1"), "figure_from_other_file@D8"),
    faulty("links to another file", with_link, "external_links"),
    faulty("links refused by policy", with_link, "!external_links", limits={"external_links": "refuse"}),
    faulty("a DDE link", lambda: with_link(b"<ddeLink/>"), "!dde_link"),
    faulty(
        "a DDE link ignored by policy", lambda: with_link(b"<ddeLink/>"), "dde_link", limits={"dde": "ignore"}
    ),
    faulty("a DDE formula", lambda: linked("=cmd|'/C calc'!A0"), "!dde_link@D8"),
    faulty("a text that is a formula", lambda: figure("@SUM(A1)"), "formula_as_text@D8"),
    faulty("dates counted from 1904", from_1904, "dates_from_1904"),
    faulty("macros", macros, "macros", file_name="bao-cao.xlsm"),
    faulty(
        "macros refused by policy", macros, "!macros", file_name="bao-cao.xlsm", limits={"macros": "refuse"}
    ),
    faulty(
        "an error written with single quotes",
        lambda: written(D8, b"<c r='D8' t='e'><v>#REF!</v></c>"),
        "error_cell@D8",
    ),
    faulty(
        "an error written with an entity",
        lambda: written(D8, b'<c r="D8" t="&#101;"><v>#REF!</v></c>'),
        "error_cell@D8",
    ),
    faulty(
        "an error of a cell without address",
        lambda: written(D8, b'<c t="e"><v>#REF!</v></c>'),
        "error_cell@D8",
    ),
    faulty(
        "attributes in another order",
        lambda: written(D8, b'<c t="e"  r="D8" ><v>#REF!</v></c>'),
        "error_cell@D8",
    ),
    faulty("a hidden row written with single quotes", lambda: written(ROW_8, SINGLE), "hidden_rows@A8"),
    faulty("a note behind the name of an item", noted),
]
