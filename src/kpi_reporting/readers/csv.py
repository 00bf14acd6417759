"""CSV files: their encoding and delimiter are found and reported; every cell stays text."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import chain, islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.legacy_text import recognised
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.refusal import Refusal, damaged, too_large, unreadable
from kpi_reporting.readers.sheet import Cell, Document, Sheet

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SAMPLE_ROWS = 200
_SHEET = "CSV"
_END = "\0"


def read_csv(data: bytes, limits: Limits = DEFAULTS) -> Document:
    """Read a CSV file as one sheet; ``reader`` names encoding and delimiter.

    Raises:
        Refusal: neither UTF-8 nor marked UTF-16, broken, cut off inside of quotes, or longer than any filing.
    """
    text, encoding = _text(data)
    if _END in text:
        raise _nul_in_text(text)
    try:
        delimiter = max(_DELIMITERS, key=lambda one: _regular_cells(text, one))
        rows = list(_cells(text, delimiter, limits))
    except csv.Error as error:
        raise damaged(str(error)) from error
    findings = [] if encoding.startswith("utf") else [_legacy_encoding(encoding)]
    is_unended = not text.endswith(("\r", "\n"))
    sheet = Sheet(_SHEET, rows, delimiter=delimiter, is_unended=is_unended)
    return Document(f"csv ({encoding}, {_DELIMITERS[delimiter]})", [sheet], findings)


def _legacy_encoding(encoding: str) -> Finding:
    return Finding(
        "readable",
        "legacy_encoding",
        "info",
        f"Tệp CSV dùng bảng mã cũ {encoding}; chữ tiếng Việt đã được chuyển sang Unicode.",
        f"The CSV file is in {encoding}; its text was turned into Unicode.",
        "Lần sau chọn “CSV UTF-8 (Comma delimited)” khi lưu tệp.",
        found=encoding,
    )


def _cells(text: str, delimiter: str, limits: Limits) -> Iterator[list[Cell]]:
    cells = number = 0
    for number, row in enumerate(_rows(text, delimiter), 1):
        if row == [_END]:
            return
        cells += len(row)
        if number > limits.rows:
            raise too_large(f"> {limits.rows} dòng")
        if cells > limits.cells:
            raise too_large(f"> {limits.cells} ô")
        yield [cell if cell.strip() else None for cell in row]
    raise _open_quote(number)


def _nul_in_text(text: str) -> Refusal:
    line = text.count("\n", 0, text.index(_END)) + 1
    return Refusal(
        built_in("nul_in_text").finding(
            message_vi=f"Tệp CSV có ký tự NUL (byte 0) ở dòng {line}, là dấu hiệu tệp hỏng hoặc bảng mã sai.",
            message_en=f"There is a NUL character in line {line} of the CSV file.",
        )
    )


def _open_quote(row_number: int) -> Refusal:
    return Refusal(
        built_in("quote_not_closed").finding(
            message_vi=f"Dòng {row_number} mở một dấu ngoặc kép không được đóng cho đến hết tệp.",
            message_en=f"A quote that row {row_number} opens is not closed before the file ends.",
            sheet_name=_SHEET,
            cell=cell_address(row_number, 1),
        )
    )


def _text(data: bytes) -> tuple[str, str]:
    marked_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding, name = ("utf-16", "utf-16") if marked_utf16 else ("utf-8-sig", "utf-8")
    try:
        return data.decode(encoding), name
    except UnicodeDecodeError as error:
        if not marked_utf16 and (known := recognised(data)):
            return known
        raise unreadable(
            "unknown_encoding",
            "Bảng mã của tệp CSV không phải Unicode nên chữ tiếng Việt không đọc được.",
            f"The CSV file is not {name} (byte {error.start}).",
            "Khi lưu tệp, chọn “CSV UTF-8 (Comma delimited)” rồi gửi lại.",
        ) from None


def _rows(text: str, delimiter: str, count: int | None = None) -> Iterator[list[str]]:
    """Rows with one more behind them, which says that all before it is whole: an open quote swallows it."""
    lines = chain(StringIO(text, newline=""), [_END])
    return islice(csv.reader(lines, delimiter=delimiter), count)


def _regular_cells(text: str, delimiter: str) -> int:
    """How much of a table the delimiter makes: the cells of rows that share the commonest width above one."""
    widths = Counter(len(row) for row in _rows(text, delimiter, _SAMPLE_ROWS) if len(row) > 1)
    return max((count * (width - 1) for width, count in widths.items()), default=0)
