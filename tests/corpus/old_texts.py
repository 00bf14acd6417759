"""Workbooks whose text is from before Unicode and whose fonts do not say so, or say so of a part of a cell alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from unicodedata import normalize

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from kpi_reporting.legacy_vietnamese import decode_viscii, decode_vni, decode_windows_1258
from kpi_reporting.text import decode_tcvn3
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.dangers import old
from tests.corpus.making import hs01_book, hs01_rows
from tests.corpus.ods import packed, table
from tests.corpus.several_sheets import sheets
from tests.workbooks import saved, workbook

DECODERS: Mapping[str, Callable[[str], str]] = {
    "tcvn3": decode_tcvn3,
    "vni": decode_vni,
    "viscii": decode_viscii,
    "windows-1258": decode_windows_1258,
}
_BYTES = [chr(code) for code in range(0x80, 0x100)]
_MARKS = "\u0300\u0301\u0303\u0309\u0323"


@cache
def _spelling(letter: str, encoding: str) -> str:
    """How an encoding writes a letter, found by trying: its decoder is the table."""
    parts = normalize("NFD", letter)
    bases = dict.fromkeys((parts[0], normalize("NFC", parts[:2]), *_BYTES))
    tries = [*_BYTES, *(base + mark for base in bases for mark in _BYTES)]
    return next(one for one in tries if DECODERS[encoding](one) == letter)


def written(text: str, encoding: str) -> str:
    """A text as a spreadsheet keeps it that was typed in an older encoding: its bytes as letters of the West."""
    spelled = "".join(
        letter if letter.isascii() else _spelling(letter, encoding) for letter in normalize("NFC", text)
    )
    return spelled.encode("latin-1").decode("cp1252", "ignore") if encoding == "viscii" else spelled


def rows_in(encoding: str, *more: list[Any], unit: str = "14758") -> list[list[Any]]:
    """A commune's filing with all its text in one encoding, whatever follows as it stands."""
    rows = hs01_rows(("1", 5), ("1.1", 3))
    rows[2][1] = unit
    old_rows = [[written(one, encoding) if isinstance(one, str) else one for one in row] for row in rows]
    return [*old_rows, *more]


def in_runs() -> bytes:
    """Only the words of the stamp and of the header are in two fonts, of which one is old."""
    book = hs01_book(("1", 5), ("1.1", 3))
    for row in book.worksheets[0].iter_rows(max_row=6):
        for one in row:
            if isinstance(one.value, str) and not one.value.isascii():
                spelled = written(one.value, "tcvn3")
                start = 1 if spelled[0].isascii() else 0
                old_part = TextBlock(InlineFont(rFont=".VnTime"), spelled[start:])
                one.value = CellRichText(*spelled[:start], old_part)
    return saved(book)


def of(encoding: str, *more: list[Any]) -> bytes:
    return saved(workbook(rows_in(encoding, *more)))


NOTE = ["2", "Hồ sơ chuyển kỳ sau, cà phê 5 m²", None, 4, "kèm theo"]
FILES: list[FaultyFile] = [
    *(
        faulty(f"a workbook in {encoding} under an ordinary font", lambda encoding=encoding: of(encoding),  # type: ignore[misc]
               "legacy_encoding")
        for encoding in DECODERS
    ),
    faulty("an old workbook in tcvn3 under an ordinary font", lambda: old(rows_in("tcvn3")), "legacy_encoding",
           file_name="a.xls"),
    faulty("ODS in vni under an ordinary font", lambda: packed(table(rows_in("vni"))), "legacy_encoding",
           file_name="a.ods"),
    faulty("a workbook in tcvn3 with rows in Unicode", lambda: of("tcvn3", NOTE), "legacy_encoding"),
    faulty("a workbook with an old font in a part of its cells", in_runs),
    faulty("a list in an old encoding beside the form",
           lambda: sheets(Biểu=hs01_rows(("1", 5)), ĐV=[[written("Mã xã", "tcvn3"), written("Tên xã", "tcvn3")]])),
    faulty("two months of which one is in an old encoding",
           lambda: sheets(T7=hs01_rows(("1", 5)), T6=[*rows_in("tcvn3")[:3], [written("Kỳ báo cáo", "tcvn3"), "2025-M06"]]),
           "!several_forms_in_one_file", "legacy_encoding"),
]  # fmt: skip
