"""The workbook a sender gets back: marked, and without anything that acts."""

from __future__ import annotations

import io
from dataclasses import replace
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from kpi_reporting.answers.marked import marked_workbook
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Submission
from kpi_reporting.registry import load_registry
from tests.corpus.cases import JULY
from tests.corpus.dangers import OLD_ROWS, old
from tests.corpus.hazards import hidden_row, linked, macros, with_link
from tests.corpus.making import computed, hs01_book, with_members
from tests.unit.answers.told import ERROR, WARNING, answer
from tests.workbooks import THANH_HOA, saved


def book_of(data: bytes | None):  # type: ignore[no-untyped-def]
    assert data is not None
    return load_workbook(io.BytesIO(data))


def filing(value: object = "ba mươi") -> bytes:
    return saved(hs01_book(("1", 12), ("1.1", value)))


def test_the_faulty_cells_are_coloured_and_say_what_is_wrong_and_what_to_do() -> None:
    sheet = book_of(marked_workbook(answer(ERROR, WARNING), filing()))["Biểu"]
    assert sheet["D8"].comment.text == "Ô số liệu không đọc được thành số.\n→ Nhập lại ô này bằng số."
    assert (sheet["D8"].fill.fgColor.rgb, sheet["D7"].fill.fgColor.rgb) == ("FFF4B6B0", "FFFFE39A")
    assert sheet["D8"].value == "ba mươi"
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["D7", "D8"]


def test_a_last_sheet_lists_everything_also_what_stands_in_no_cell() -> None:
    unplaced = replace(WARNING, cell=None, sheet_name=None, message_vi="Thiếu số liệu.")
    book = book_of(marked_workbook(answer(ERROR, unplaced), filing()))
    assert book.sheetnames == ["Biểu", "Trả lời"]
    assert [[cell.value for cell in row][:4] for row in book["Trả lời"].iter_rows(min_row=2)] == [
        ["Lỗi", "Biểu", "D8", "Ô số liệu không đọc được thành số."],
        ["Cảnh báo", None, None, "Thiếu số liệu."],
    ]


def test_the_senders_own_comment_and_format_stay() -> None:
    book = hs01_book(("1", 12), ("1.1", 3))
    sheet = book.worksheets[0]
    sheet["D8"].comment = Comment("của đơn vị", "Văn thư")
    sheet["D8"].number_format = "#,##0"
    sheet.column_dimensions["B"].width = 55
    marked = book_of(marked_workbook(answer(ERROR), saved(book)))["Biểu"]
    assert marked["D8"].comment.text.startswith("của đơn vị\n\nÔ số liệu")
    assert marked["D8"].number_format == "#,##0"
    assert marked.column_dimensions["B"].width == 55


@pytest.mark.parametrize(
    "data",
    [
        computed(hs01_book(("1", 12), ("1.1", "=1+2")), {"D8": 3}),
        linked("=[1]Sheet1!A1"),
        linked("=cmd|'/C calc'!A0"),
        macros(),
        with_link(),
        with_link(b"<ddeLink/>"),
        with_members(filing(), {"xl/connections.xml": b"<connections/>"}),
    ],
)
def test_nothing_in_it_acts(data: bytes) -> None:
    marked = marked_workbook(answer(ERROR), data)
    assert marked is not None
    with ZipFile(io.BytesIO(marked)) as archive:
        names = archive.namelist()
        sheets = b"".join(archive.read(name) for name in names if name.startswith("xl/worksheets/sheet"))
    assert not [name for name in names if "vba" in name or "external" in name or "connections" in name]
    assert b"<f>" not in sheets
    assert b"<f " not in sheets
    assert b"ddeLink" not in sheets


def test_names_choices_and_links_are_left_out() -> None:
    book = hs01_book(("1", 12), ("1.1", 3))
    sheet = book.worksheets[0]
    book.defined_names["evil"] = DefinedName("evil", attr_text="cmd|'/C calc'!A0")
    sheet.add_data_validation(DataValidation("list", formula1="=evil", sqref="D8"))
    sheet["B8"].hyperlink = "https://example.org/"
    marked = book_of(marked_workbook(answer(ERROR), saved(book)))
    assert not marked.defined_names
    assert not marked["Biểu"].data_validations.dataValidation
    assert marked["Biểu"]["B8"].hyperlink is None
    assert marked["Biểu"]["B8"].value == "Chỉ tiêu 1.1"


@pytest.mark.parametrize("text", ["@SUM(A1)", "+1|cmd", "=1+1"])
def test_a_text_that_begins_like_a_formula_stays_a_text(text: str) -> None:
    book = hs01_book(("1", 12), ("1.1", "x"))
    book.worksheets[0]["D8"].value = text
    book.worksheets[0]["D8"].data_type = "s"
    found = replace(ERROR, found=text, message_vi=text)
    marked = book_of(marked_workbook(answer(found), saved(book)))
    assert (marked["Biểu"]["D8"].value, marked["Biểu"]["D8"].data_type) == (text, "s")
    assert {cell.data_type for row in marked["Trả lời"].iter_rows() for cell in row} <= {"s", "n"}


def test_merged_cells_are_marked_where_they_show() -> None:
    book = hs01_book(("1", 12), ("1.1", None))
    book.worksheets[0].merge_cells("D7:D8")
    marked = book_of(marked_workbook(answer(ERROR), saved(book)))["Biểu"]
    assert marked["D7"].comment.text.startswith("Ô số liệu")


@pytest.mark.parametrize(
    ("data", "file_name"),
    [(old(OLD_ROWS), "a.xls"), ("Mã số;Chỉ tiêu\n1;=cmd|x\n".encode(), "a.csv")],
)
def test_other_types_come_back_as_a_workbook_of_their_values(data: bytes, file_name: str) -> None:
    sheet_name = "CSV" if file_name.endswith("csv") else "Biểu"
    found = replace(ERROR, sheet_name=sheet_name, cell="B2")
    sheet = book_of(marked_workbook(answer(found, file_name=file_name), data))[sheet_name]
    assert sheet["B2"].comment
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_without_a_cell_at_fault_or_beyond_what_can_be_marked_there_is_none() -> None:
    assert marked_workbook(answer(replace(ERROR, cell=None)), filing()) is None
    assert (
        marked_workbook(answer(ERROR), with_members(filing(), {"xl/media/a.png": bytes(17 * 2**20)})) is None
    )
    assert marked_workbook(answer(ERROR), b"PK\x03\x04 cut off") is None
    assert marked_workbook(answer(replace(ERROR, cell="R12", sheet_name="Không có")), filing()) is not None


def test_the_same_answer_is_the_same_bytes() -> None:
    data = hidden_row()
    assert marked_workbook(answer(ERROR), data) == marked_workbook(answer(ERROR), data)


def test_a_corrected_copy_of_the_answer_can_be_sent_back() -> None:
    marked = marked_workbook(answer(ERROR), filing())
    book = book_of(marked)
    book["Biểu"]["D8"].value = 30
    submission = Submission(8, "communes", "sửa.xlsx", JULY, "", "")
    reading = read_submission(load_registry(THANH_HOA), submission, saved(book))
    assert (reading.state, list(reading.findings)) == ("read", [])
