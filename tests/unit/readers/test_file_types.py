"""Each type of file: what is read from it, and how it is refused when it is broken."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font

from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.content import open_content
from kpi_reporting.readers.csv import read_csv
from kpi_reporting.readers.json import read_json
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import ErrorCell
from kpi_reporting.readers.xls import read_xls
from kpi_reporting.readers.xlsx import read_xlsx
from tests.corpus.biff import saved_old
from tests.workbooks import hs01, saved, workbook

TCVN3 = "Tæng sè hå s¬"


def rule_of(data: bytes, file_name: str) -> str:
    with pytest.raises(Refusal) as refusal:
        open_content(data, file_name)
    (finding,) = refusal.value.findings
    assert finding.severity == "error"
    assert finding.action_vi
    return finding.rule_id


def test_xlsx_tells_types_of_cells_apart() -> None:
    book = workbook([["007", 7, 7.0, 0.1, True, datetime(2025, 7, 1), "#DIV/0!", None, ""]])
    book.worksheets[0]["G1"].data_type = "e"
    (sheet,) = read_xlsx(Archive(saved(book), DEFAULTS)).sheets
    assert sheet.rows[0][:7] == ["007", 7, 7, 0.1, True, date(2025, 7, 1), ErrorCell("#DIV/0!")]


def test_xlsx_shows_which_formulas_were_saved_without_a_value() -> None:
    book = workbook([["a", "=1+1"], ["b", 2]])
    (sheet,) = read_xlsx(Archive(saved(book), DEFAULTS)).sheets
    assert list(sheet.formulas_without_value) == [(1, 2)]
    assert sheet.cell(1, 2) == ErrorCell("#NO_VALUE")


def test_xlsx_formula_with_an_empty_text_as_value_has_a_value() -> None:
    data = replaced(saved(workbook([["x", "=A2"]])), b'<c r="B1"><f>', b'<c r="B1" t="str"><f>')
    (sheet,) = read_xlsx(Archive(data, DEFAULTS)).sheets
    assert list(sheet.formulas_without_value) == []
    assert sheet.cell(1, 2) in {None, ""}


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as copy:
        for member in source.infolist():
            part = source.read(member)
            if member.filename.endswith("sheet1.xml"):
                assert old in part
                part = part.replace(old, new)
            copy.writestr(member, part)
    return target.getvalue()


def test_xlsx_leaves_out_hidden_sheets_and_reports_hidden_rows() -> None:
    book = workbook([[1], [2]])
    book.worksheets[0].row_dimensions[2].hidden = True
    book.create_sheet("ẩn").sheet_state = "hidden"
    (sheet,) = read_xlsx(Archive(saved(book), DEFAULTS)).sheets
    assert sheet.hidden_rows == {2}


def test_xlsx_with_a_stray_cell_far_away_costs_nothing() -> None:
    book = workbook([[1]])
    book.worksheets[0]["XFD1048576"] = None
    book.worksheets[0]["C60000"] = 5
    (sheet,) = read_xlsx(Archive(saved(book), DEFAULTS)).sheets
    assert sheet.cell(60000, 3) == 5
    assert sum(len(row) for row in sheet.rows) <= 60_000 * 3


def test_xlsx_text_in_a_tcvn3_font_is_decoded_and_unicode_in_it_is_left() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([TCVN3, "Tổng số đã nộp", TCVN3])
    for cell in ("A1", "B1"):
        sheet[cell].font = Font(name=".VnTime")
    (read,) = read_xlsx(Archive(saved(book), DEFAULTS)).sheets
    assert read.rows[0] == ["Tổng số hồ sơ", "Tổng số đã nộp", TCVN3]


def old_workbook(font: str) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Biểu")
    sheet.write(0, 0, TCVN3, xlwt.easyxf(f"font: name {font}"))
    sheet.write(0, 1, 12.0)
    sheet.write(0, 2, 0.1)
    sheet.write(0, 3, True)
    sheet.write(0, 4, datetime(2025, 7, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write_merge(1, 2, 0, 1, "gộp")
    return saved_old(book)


@pytest.mark.parametrize(
    ("font", "legacy_text", "text"),
    [
        (".VnTime", False, "Tổng số hồ sơ"),
        (".VnTimeH", False, "TỔNG SỐ HỒ SƠ"),
        ("Arial", False, TCVN3),
        ("Arial", True, "Tổng số hồ sơ"),
    ],
)
def test_xls_text_is_decoded_by_its_font_or_its_form(font: str, legacy_text: bool, text: str) -> None:
    (sheet,) = read_xls(old_workbook(font), legacy_text=legacy_text).sheets
    assert sheet.rows[0] == [text, 12.0, 0.1, True, datetime(2025, 7, 1)]
    assert [(area.first_row, area.last_row, area.last_column) for area in sheet.merged] == [(2, 3, 2)]


@pytest.mark.parametrize(
    ("text", "encoding", "reader"),
    [
        ("mã;giá trị\n1;Xã, phường\n2;3\n", "utf-8", "csv (utf-8, semicolon)"),
        ("mã,giá trị\n1,2\n", "utf-8-sig", "csv (utf-8, comma)"),
        ("mã\tgiá trị\n1\t2\n", "utf-16", "csv (utf-16, tab)"),
    ],
)
def test_csv_encoding_and_delimiter_are_found_and_told(text: str, encoding: str, reader: str) -> None:
    document = read_csv(text.encode(encoding))
    assert document.reader == reader
    assert document.sheets[0].rows[0] == ["mã", "giá trị"]


def test_csv_cells_stay_text() -> None:
    (sheet,) = read_csv('mã,số\n007,"1.234,5"\n,\n'.encode()).sheets
    assert sheet.rows == [["mã", "số"], ["007", "1.234,5"], [None, None]]


def test_json_numbers_are_exact() -> None:
    body = read_json(
        b'{"form":"X","rows":[{"item":"1.1","value":0.1234567890123456789},{"item":"2","value":12}]}'
    )
    assert [row["value"] for row in body.rows] == [Decimal("0.1234567890123456789"), 12]


@pytest.mark.parametrize(
    ("data", "file_name", "rule_id"),
    [
        (b"", "a.xlsx", "empty_file"),
        (b"\0\0\0\0", "a.csv", "empty_file"),
        (hs01()[:2000], "a.xlsx", "unreadable_file"),
        (b"<html></html>", "a.xls", "unreadable_file"),
        (b"%PDF-1.7", "a.pdf", "unsupported_type"),
        (old_workbook("Arial")[:1500], "a.xls", "unreadable_file"),
        ("mã,giá trị".encode("cp1258", "replace") + b"\xff", "a.csv", "unknown_encoding"),
        (b'{"form": ', "a.json", "unreadable_file"),
        (b'{"rows": [{"value": NaN}]}', "a.json", "unreadable_file"),
        (b'{"rows": 5}', "a.json", "payload_structure"),
        (b"[" * 100_000, "a.json", "nested_too_deep"),
        (b'{"rows": [{"item": "4.2", "value": 30, "value": 3}]}', "a.json", "key_told_twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_way_out(data: bytes, file_name: str, rule_id: str) -> None:
    assert rule_of(data, file_name) == rule_id


def test_other_archives_are_no_workbooks() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("word/document.xml", "<x/>")
    assert rule_of(archive.getvalue(), "a.xlsx") == "unsupported_type"


def test_a_workbook_that_unpacks_to_far_too_much_is_not_unpacked() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/workbook.xml", "<x/>")
        target.writestr("xl/worksheets/sheet1.xml", b" " * 120_000_000)
    assert rule_of(archive.getvalue(), "a.xlsx") == "file_too_large"


def test_a_protected_workbook_says_so() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    assert rule_of(data, "a.xlsx") == "encrypted_file"


def test_content_decides_and_not_the_name() -> None:
    assert open_content(hs01(), "a.xls").reader == "xlsx"
