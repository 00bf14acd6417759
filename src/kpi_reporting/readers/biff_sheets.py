"""What the records of a sheet say beside its values: formulas, headers and footers, texts of shapes and comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.biff import (
    CONTINUE,
    BoundSheet,
    Record,
    is_biff8,
    records,
    text_at,
    texts_in,
    u8,
    u16,
)
from kpi_reporting.readers.biff_tokens import (
    Around,
    Token,
    formula_text,
    gives_a_number,
    shared_at,
    tokens_of,
)
from kpi_reporting.readers.sheet import Formula
from kpi_reporting.readers.sheet_xml import lines_of_page

_FORMULA, _SHARED, _SHAPE_TEXT = 0x0006, 0x04BC, 0x01B6
_PAGES, _OTHER_PAGES = (0x0014, 0x0015), 0x089C
_KINDS = frozenset({_FORMULA, _SHARED, _SHAPE_TEXT, CONTINUE, *_PAGES, _OTHER_PAGES})
_NO_NUMBER, _EMPTY_TEXT = b"\xff\xff", 3


@dataclass(frozen=True)
class SheetMarks:
    """What a sheet says beside its values; places are row and column from 1."""

    formulas: dict[Place, Formula] = field(default_factory=dict)
    page_texts: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def marks_of(stream: bytes, sheet: BoundSheet, around: Around) -> SheetMarks:
    """Return what a sheet says beside its values; ``around`` says what the numbers in its formulas mean."""
    found, is_wide = list(records(stream, sheet.start, sheet.end, kinds=_KINDS)), is_biff8(stream)
    pages = [text for record in found for text in _page_texts(record, is_wide)]
    return SheetMarks(
        dict(_formulas(found, around, is_wide)),
        [line for text in pages for line in lines_of_page(text)],
        [line for text in _shape_texts(found) for line in text.splitlines()],
    )


def _page_texts(record: Record, is_wide: bool) -> list[str]:
    kind, body = record
    if kind in _PAGES and body:
        return [text_at(body, 2, u16(body, 0))] if is_wide else [body[1 : 1 + body[0]].decode("latin-1")]
    if kind == _OTHER_PAGES:
        counts = [u16(body, place) for place in range(30, 38, 2)]
        return texts_in(body, 38, sum(map(bool, counts)))
    return []


def _shape_texts(found: Iterable[Record]) -> Iterator[str]:
    """The text follows in records of its own, each of which says anew how wide its letters are."""
    pieces: list[str] = []
    left = 0
    for kind, body in found:
        if kind == CONTINUE and left:
            width = 2 if u8(body, 0) & 1 else 1
            count = min(left, max(len(body) - 1, 0) // width)
            pieces.append(text_at(bytes([width - 1]) + body[1:], 0, count))
            left -= count
        elif kind != CONTINUE:
            yield "".join(pieces)
            pieces, left = [], u16(body, 10) if kind == _SHAPE_TEXT else 0
    yield "".join(pieces)


def _formulas(found: Iterable[Record], around: Around, is_wide: bool) -> Iterator[tuple[Place, Formula]]:
    """Formulas of one kind stand once, behind the first cell that has them."""
    written: list[tuple[Record, list[Token]]] = []
    shared: dict[Place | None, list[Token]] = {}
    for record in found:
        if record.kind == _FORMULA:
            written.append((record, _tokens(record.body, 20) if is_wide else []))
        elif record.kind == _SHARED and written and is_wide:
            shared[shared_at(written[-1][1])] = _tokens(record.body, 8)
    for record, own in written:
        place = u16(record.body, 0) + 1, u16(record.body, 2) + 1
        tokens = shared.get(shared_at(own), own)
        yield place, Formula(formula_text(tokens, place, around), has_value=_has_value(record, tokens))


def _tokens(body: bytes, place: int) -> list[Token]:
    return tokens_of(body[place + 2 : place + 2 + u16(body, place)])


def _has_value(record: Record, tokens: list[Token]) -> bool:
    """What gives a number cannot have given an empty text: it was never computed."""
    is_empty = record.body[12:14] == _NO_NUMBER and u8(record.body, 6) == _EMPTY_TEXT
    return not (is_empty and gives_a_number(tokens))
