"""The names that an old workbook gives formulas, functions of later versions and of add-ins among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kpi_reporting.readers.biff import is_biff8, records, text_at, u8, u16
from kpi_reporting.readers.biff_tokens import Token, tokens_of

_NAME, _NAME_AT = 0x0018, 14


class BookName(NamedTuple):
    """A name, and the formula that it means: none for a function the version that wrote the file did not have."""

    name: str
    tokens: list[Token]


def names_of(stream: bytes) -> list[BookName]:
    """Return the names in the order in which formulas number them; none of a workbook from before Excel 97."""
    return list(_names(stream)) if is_biff8(stream) else []


def _names(stream: bytes) -> Iterator[BookName]:
    for _, body in records(stream, kinds=(_NAME,)):
        letters, length = u8(body, 3), u16(body, 4)
        behind = _NAME_AT + 1 + letters * (2 if u8(body, _NAME_AT) & 1 else 1)
        yield BookName(text_at(body, _NAME_AT, letters), tokens_of(body[behind : behind + length]))
