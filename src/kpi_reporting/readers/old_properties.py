"""Title, subject, keywords, category and status of an old Office file: texts of its property sets."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from kpi_reporting.readers.biff import u16, u32

# The first set tells title, subject, keywords and remarks, the second one category and status; not whose file it is.
_TOLD = (frozenset({2, 3, 5, 6}), frozenset({2, 26, 27}))
_CODE_PAGE, _BYTES, _WIDE = 1, 0x1E, 0x1F
_FIRST_SET, _MOST_PROPERTIES, _LONGEST = 44, 100, 400


def property_texts(sets: Iterable[bytes]) -> Iterator[str]:
    """Yield the texts of a document's summary and of its second summary, as much of them as there is."""
    for stream, told in zip(sets, _TOLD, strict=False):
        start = u32(stream, _FIRST_SET)
        places = dict(_places(stream, start))
        encoding = _encoding(u16(stream, places[_CODE_PAGE] + 4) if _CODE_PAGE in places else 0)
        for number, place in places.items():
            if number in told:
                yield from _text(stream, place, encoding).splitlines()


def _places(stream: bytes, start: int) -> Iterator[tuple[int, int]]:
    for number in range(min(u32(stream, start + 4), _MOST_PROPERTIES)):
        entry = start + 8 + 8 * number
        yield u32(stream, entry), start + u32(stream, entry + 4)


def _text(stream: bytes, place: int, encoding: str) -> str:
    kind, length = u32(stream, place), min(u32(stream, place + 4), _LONGEST)
    if kind == _WIDE:
        text = stream[place + 8 : place + 8 + 2 * length].decode("utf-16-le", "replace")
    elif kind == _BYTES:
        text = stream[place + 8 : place + 8 + length].decode(encoding, "replace")
    else:
        text = ""
    return text.partition("\0")[0]


def _encoding(code_page: int) -> str:
    """Return the name of an encoding for bytes; those of an unknown one are left for the comparison."""
    known = {1200: "utf-16-le", 65001: "utf-8"}.get(code_page, f"cp{code_page}")
    try:
        return codecs.lookup(known).name
    except LookupError:
        return "latin-1"
