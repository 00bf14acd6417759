"""CSV files: their encoding and delimiter are found and reported; every cell stays text."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from kpi_reporting.findings import Finding
from kpi_reporting.readers.legacy_text import recognised
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.refusal import damaged, too_large, unreadable
from kpi_reporting.readers.sheet import Cell, Document, Sheet

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SAMPLE_ROWS = 200


def read_csv(data: bytes, limits: Limits = DEFAULTS) -> Document:
    """Read a CSV file as one sheet; ``reader`` names encoding and delimiter.

    Raises:
        Refusal: neither UTF-8 nor marked UTF-16, broken, or longer than any filing.
    """
    text, encoding = _text(data)
    try:
        delimiter = max(_DELIMITERS, key=lambda one: _regular_cells(text, one))
        rows = list(_cells(text, delimiter, limits))
    except csv.Error as error:
        raise damaged(str(error)) from error
    findings = [] if encoding.startswith("utf") else [_legacy_encoding(encoding)]
    return Document(f"csv ({encoding}, {_DELIMITERS[delimiter]})", [Sheet("CSV", rows, delimiter=delimiter)], findings)


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
    cells = 0
    for number, row in enumerate(_rows(text, delimiter), 1):
        cells += len(row)
        if number > limits.rows:
            raise too_large(f"> {limits.rows} dòng")
        if cells > limits.cells:
            raise too_large(f"> {limits.cells} ô")
        yield [cell if cell.strip() else None for cell in row]


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
    return islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter), count)


def _regular_cells(text: str, delimiter: str) -> int:
    """How much of a table the delimiter makes: the cells of rows that share the commonest width above one."""
    widths = Counter(len(row) for row in _rows(text, delimiter, _SAMPLE_ROWS) if len(row) > 1)
    return max((count * (width - 1) for width, count in widths.items()), default=0)
