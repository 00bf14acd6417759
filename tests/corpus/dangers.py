"""Files made to do harm, broken ones, protected ones, and those that must not be read at all."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import xlwt

from tests.corpus.biff import filled, saved_old
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.making import BOOK, SHEET, STYLES, changed, hs01_book, hs01_rows, with_members
from tests.workbooks import hs01, saved

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMB = b"0" * 3_000_000


def zipped(members: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def twice_named() -> bytes:
    target = io.BytesIO(hs01())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    return target.getvalue()


def protected_member() -> bytes:
    """The bit that says a member is encrypted, set in the directory."""
    data = bytearray(zipped({"bao-cao.csv": b"1;2"}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 8] |= 1
    return bytes(data)


def lying_directory(size: int) -> bytes:
    """A directory that states another size than the member has."""
    data = bytearray(hs01())
    place = data.find(b"PK\x01\x02")
    while SHEET.encode() != data[place + 46 : place + 46 + struct.unpack_from("<H", data, place + 28)[0]]:
        place = data.find(b"PK\x01\x02", place + 4)
    struct.pack_into("<I", data, place + 24, size)
    return bytes(data)


def with_entities(member: str) -> bytes:
    declared = b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    return changed(hs01(), {member: lambda part: declared + part})


def in_utf16() -> bytes:
    def encode(part: bytes) -> bytes:
        return b"\xff\xfe" + part.decode().encode("utf-16-le")

    return changed(hs01(), {SHEET: encode})


def csv(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


CSV = "Mã biểu;HS-01\nPhiên bản;1\nMã đơn vị;14758\nKỳ báo cáo;2025-M07\n\nMã số;Chỉ tiêu;Số liệu\n"


def far_cell() -> bytes:
    book = hs01_book(("1", 5))
    book.worksheets[0]["XFD90000"] = "x"
    return saved(book)


def marked(text: str, row: int = 5, column: int = 4) -> bytes:
    book = hs01_book(("1", 5))
    book.worksheets[0].cell(row, column, text)
    return saved(book)


def marked_sheet(name: str) -> bytes:
    book = hs01_book(("1", 5))
    book.create_sheet(name)
    return saved(book)


def marked_on_the_page(text: str) -> bytes:
    book = hs01_book(("1", 5))
    book.worksheets[0].oddHeader.right.text = text
    return saved(book)


def old(rows: list[list[object]], *, hidden: bool = False, from_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    sheet = book.add_sheet("Biểu")
    filled(sheet, rows)
    if hidden:
        sheet.col(3).hidden = True
        sheet.row(7).hidden = True
        book.add_sheet("Nháp").write(0, 0, 1)
        book.get_sheet(1).visibility = 1
    return saved_old(book)


OLD_ROWS: list[list[object]] = hs01_rows(("1", 5), ("1.1", 3))

FILES: list[FaultyFile] = [
    faulty("an empty file", lambda: b"", "!empty_file"),
    faulty("a file of NUL bytes", lambda: b"\0" * 5000, "!empty_file"),
    faulty("a workbook cut in half", lambda: hs01()[:2500], "!unreadable_file"),
    faulty("a workbook without its end", lambda: hs01()[:-30], "!unreadable_file"),
    faulty("an old workbook cut off", lambda: old(OLD_ROWS)[:1500], "!unreadable_file", file_name="a.xls"),
    faulty(
        "a page of the web called xls",
        lambda: b"<html><table/></html>",
        "!unreadable_file",
        file_name="a.xls",
    ),
    faulty("a PDF", lambda: b"%PDF-1.7", "!unsupported_type", file_name="a.pdf"),
    faulty(
        "a letter", lambda: zipped({"word/document.xml": b"<x/>"}), "!unsupported_type", file_name="a.docx"
    ),
    faulty(
        "a protected workbook",
        lambda: COMPOUND + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"),
        "!encrypted_file",
    ),
    faulty("an archive with a password", protected_member, "!encrypted_file", file_name="a.zip"),
    faulty(
        "a bomb in a workbook", lambda: with_members(hs01(), {"xl/media/a.bin": BOMB}), "!compression_bomb"
    ),
    faulty("more than fits unpacked", hs01, "!file_too_large", limits={"unpacked_bytes": 5_000}),
    faulty("more bytes than a filing has", hs01, "!file_too_large", limits={"file_bytes": 1_000}),
    faulty("too many members", hs01, "!file_too_large", limits={"members": 5}),
    faulty("too many rows", hs01, "!file_too_large", limits={"rows": 5}),
    faulty("a cell far away from the others", far_cell, "!file_too_large"),
    faulty(
        "a member above the folder",
        lambda: zipped({"../../etc/cron.d/a.csv": b"1"}),
        "!unsafe_member_name",
        file_name="a.zip",
    ),
    faulty(
        "an absolute member", lambda: zipped({"/etc/a.csv": b"1"}), "!unsafe_member_name", file_name="a.zip"
    ),
    faulty(
        "a member on a drive", lambda: zipped({"C:\\a.csv": b"1"}), "!unsafe_member_name", file_name="a.zip"
    ),
    faulty("two members of one name", twice_named, "!unreadable_file"),
    faulty("a directory that states too little", lambda: lying_directory(100), "!unreadable_file"),
    faulty("a directory that states too much", lambda: lying_directory(90_000), "!unreadable_file"),
    *(
        faulty(f"entities in {member}", lambda member=member: with_entities(member), "!xml_entities")  # type: ignore[misc]
        for member in (SHEET, STYLES, BOOK)
    ),
    faulty("a sheet in UTF-16", in_utf16, "!unreadable_file"),
    faulty("a sheet cut off", lambda: changed(hs01(), {SHEET: lambda part: part[:900]}), "!unreadable_file"),
    faulty("CSV with a good figure", lambda: csv(CSV + "1;Tổng số;5\n"), file_name="a.csv"),
    faulty(
        "CSV that is a formula",
        lambda: csv(CSV + "1;=cmd|' /C calc'!A0;5\n"),
        "formula_as_text@B7",
        file_name="a.csv",
    ),
    faulty(
        "CSV with another locale",
        lambda: csv(CSV + "1;Tổng số;1,234.5\n"),
        "other_locale@C7",
        file_name="a.csv",
    ),
    faulty("CSV with tabs", lambda: csv((CSV + "1;Tổng số;5\n").replace(";", "\t")), file_name="a.tsv"),
    faulty("CSV in no Unicode", lambda: b"M\xe3 bi\xff\xfe", "!unknown_encoding", file_name="a.csv"),
    faulty(
        "CSV of too many rows",
        lambda: csv(CSV + "1;a;5\n" * 50),
        "!file_too_large",
        file_name="a.csv",
        limits={"rows": 20},
    ),
    faulty(
        "JSON nested too deep",
        lambda: b'{"rows":' + b"[" * 100 + b"]" * 100 + b"}",
        "!nested_too_deep",
        file_name="a.json",
    ),
    faulty("JSON that is cut off", lambda: b'{"form": "HS', "!unreadable_file", file_name="a.json"),
    faulty(
        "JSON with a figure told twice",
        lambda: (
            b'{"form":"HS-01","unit":"14758","period":"2025-M07","rows":[{"item":"4.2","value":30,"value":3}]}'
        ),
        "!key_told_twice",
        file_name="a.json",
    ),
    faulty("JSON that is no filing", lambda: b'{"rows": 5}', "!payload_structure", file_name="a.json"),
    faulty("a report in an archive", lambda: zipped({"thang 7/bao cao.xlsx": hs01()}), file_name="a.zip"),
    faulty(
        "two reports in an archive of another name",
        lambda: zipped({"a.xlsx": hs01(), "b.csv": b"1"}),
        "!archive_of_several",
        file_name="a.xlsx",
    ),
    faulty(
        "an archive in an archive",
        lambda: zipped({"a.zip": zipped({"a.xlsx": hs01()})}),
        "!archive_in_archive",
        file_name="a.zip",
    ),
    faulty(
        "an archive without a report", lambda: zipped({"a.png": b"1"}), "!unsupported_type", file_name="a.zip"
    ),
    faulty(
        "a workbook in an archive that is no workbook",
        lambda: zipped({"a.xlsx": b"PK\x03\x04"}),
        "!unreadable_file",
        file_name="a.zip",
    ),
    faulty("an old workbook", lambda: old(OLD_ROWS), file_name="a.xls"),
    faulty(
        "an old workbook with hidden things",
        lambda: old(OLD_ROWS, hidden=True),
        "hidden_sheet",
        "hidden_columns@D6",
        "hidden_rows@A8",
        file_name="a.xls",
    ),
    faulty(
        "an old workbook that counts from 1904",
        lambda: old(OLD_ROWS, from_1904=True),
        "dates_from_1904",
        file_name="a.xls",
    ),
    *(
        faulty(f"marked {text}", lambda text=text: marked(text), "!state_secret")  # type: ignore[misc]
        for text in (
            "MẬT",
            "TỐI MẬT",
            "Tuyệt mật",
            "Độ mật: Mật",
            "TỐI MẬT (Bản số 02)",
            "DẤU MẬT: TUYỆT MẬT",
            "TèI MËT",
            "Maät",
        )
    ),
    faulty("marked on the page", lambda: marked_on_the_page("TỐI MẬT"), "!state_secret"),
    *(
        faulty(f"marked on the page {text!r}", lambda text=text: marked_on_the_page(text), "!state_secret")  # type: ignore[misc]
        for text in ("MẬT\nTrang &P", "&LTUYỆT MẬT&RTrang &P")
    ),
    faulty("marked by the name of its sheet", lambda: marked_sheet("TỐI MẬT"), "!state_secret"),
    faulty("marked beside its number", lambda: marked("MẬT", 3, 3), "!state_secret"),
    *(
        faulty(f"marked by its name {name}", hs01, "!state_secret", file_name=name)
        for name in ("Mật_HS-01.xlsx", "Tuyệt mật.xlsx", "bc (Mật).xlsx", "HS-01 TỐI MẬT.xlsx")
    ),
    faulty(
        "marked by its folder in an archive",
        lambda: zipped({"MẬT/a.xlsx": hs01()}),
        "!state_secret",
        file_name="a.zip",
    ),
    faulty("a hyphen inside a word", hs01, file_name="ra-soat-bảo-mật.xlsx"),
    faulty("marked by its name", hs01, "!state_secret", file_name="bao-cao_MẬT.xlsx"),
    faulty("a word with a mark inside", lambda: marked("Bảo mật"), file_name="bao-mat_BẢO MẬT.xlsx"),
    faulty("a grade that labels a figure", lambda: marked("Mật", 7, 2)),
]
