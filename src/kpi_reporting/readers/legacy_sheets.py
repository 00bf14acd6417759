"""Sheets in an encoding from before Unicode under an ordinary font: the words of a stamp give it away.

No font says so; the stamp does, when in exactly one encoding it is one. What is stamped as it stands is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.readers.legacy_text import (
    ENCODINGS,
    as_one_byte,
    from_one_byte,
    is_stamped,
    words_of_a_stamp,
)
from kpi_reporting.readers.sheet import Cell, Document, Sheet
from kpi_reporting.readers.stamp import STAMP_ROWS, stamps_of

# Letters and signs of one byte that Vietnamese in Unicode has, too; they are no evidence of another encoding.
_ALSO_UNICODE = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý\u00a0"
_LETTER = r"[A-Za-z\u0080-\u00ff]"
_EVIDENCE = re.compile(f"{_LETTER}[^\0-\x7f{_ALSO_UNICODE}]|[^\0-\x7f{_ALSO_UNICODE}]{_LETTER}")
_AREA = re.compile(r"(?<!\w)([cdhkm]?m[²³])(?!\w)")


def by_their_evidence(document: Document) -> Document:
    """Return a workbook with the sheets turned into Unicode that are stamped in one older encoding alone."""
    read = [_read(sheet) for sheet in document.sheets]
    findings = [_finding(sheet, encoding) for sheet, encoding in read if encoding]
    if not findings:
        return document
    return replace(document, sheets=[sheet for sheet, _ in read], findings=[*document.findings, *findings])


def _read(sheet: Sheet) -> tuple[Sheet, str | None]:
    top = sheet.rows[:STAMP_ROWS]
    if stamps_of([sheet]) or not any(map(_is_old, _texts(top))):
        return sheet, None
    fitting = [encoding for encoding in ENCODINGS if _is_stamp(top, encoding)]
    if len(fitting) != 1:
        return sheet, None
    (encoding,) = fitting
    is_mixed = any(map(_is_unicode, _texts(sheet.rows)))
    return replace(sheet, rows=list(_decoded(sheet.rows, encoding, is_mixed=is_mixed))), encoding


def _is_stamp(top: Sequence[Sequence[Cell]], encoding: str) -> bool:
    rows = list(_decoded(top, encoding, is_mixed=False))
    return bool(stamps_of([Sheet("", rows)])) and is_stamped("\n".join(_texts(rows)))


def _texts(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    return (cell for row in rows for cell in row if isinstance(cell, str))


def _is_old(text: str) -> bool:
    """Tell whether a text holds letters beyond ASCII and none that only Unicode has."""
    return not text.isascii() and as_one_byte(text) is not None


def _is_unicode(text: str) -> bool:
    return not text.isascii() and as_one_byte(text) is None


def _decoded(rows: Sequence[Sequence[Cell]], encoding: str, *, is_mixed: bool) -> Iterator[list[Cell]]:
    for row in rows:
        is_old_row = not is_mixed or _is_old_row(list(_texts([row])), encoding)
        yield [
            _turned(cell, encoding, needs_evidence=not is_old_row)
            if isinstance(cell, str) and _is_old(cell)
            else cell
            for cell in row
        ]


def _is_old_row(texts: Sequence[str], encoding: str) -> bool:
    """A row is typed by one hand: a heading that could be either is what the others of its row are."""
    return any(_has_evidence(text, encoding) for text in texts) and not any(map(_is_unicode, texts))


def _has_evidence(text: str, encoding: str) -> bool:
    """Tell whether a text is no Vietnamese as it stands, or says a word of the stamp in the encoding."""
    if not _is_old(text):
        return False
    is_odd = _EVIDENCE.search(_AREA.sub("", as_one_byte(text) or "")) is not None
    return is_odd or words_of_a_stamp(_unicode_of(text, encoding)) > 0


def _turned(text: str, encoding: str, *, needs_evidence: bool) -> str:
    """In a sheet that holds Unicode as well, a text that is Vietnamese as it stands is left as it stands."""
    if needs_evidence and not _has_evidence(text, encoding):
        return text
    turned = _unicode_of(text, encoding)
    return text if any(unicodedata.combining(letter) for letter in turned) else turned


def _unicode_of(text: str, encoding: str) -> str:
    """Square and cubic metres stay what they are: every second part is one of them."""
    parts = enumerate(_AREA.split(as_one_byte(text) or ""))
    return "".join(part if number % 2 else from_one_byte(part, encoding) for number, part in parts)


def _finding(sheet: Sheet, encoding: str) -> Finding:
    return built_in("legacy_encoding").finding(
        message_vi=f"Trang tính “{sheet.name}” dùng bảng mã cũ {encoding} với phông chữ thông thường; "
        "chữ tiếng Việt đã được chuyển sang Unicode.",
        message_en=f"The sheet {sheet.name!r} is in {encoding} under an ordinary font; it was turned into Unicode.",
        action_vi="Kiểm tra lại chữ trong báo cáo; lần sau gõ bằng bảng mã Unicode.",
        sheet_name=sheet.name,
        subject=sheet.name,
        found=encoding,
    )
