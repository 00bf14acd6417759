"""The records of an old Excel workbook (BIFF8 and BIFF5): what the library that reads values passes over.

A stream is walked once, record by record. Whatever it claims about lengths and places is held against what there is:
a damaged one yields less, and never an exception.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from xlrd.compdoc import CompDoc, CompDocError

BOF, EOF, CONTINUE, BOUNDSHEET = 0x0809, 0x000A, 0x003C, 0x0085
_HEADER_BYTES, _BIFF8, _STREAM = 4, 0x0600, 2
WORKSHEET, MACRO_SHEET = 0, 1
_WORKBOOKS = ("workbook", "book")
_PROPERTIES = ("\5summaryinformation", "\5documentsummaryinformation")
_IS_WIDE, _HAS_EXTENSION, _HAS_RUNS = 0x01, 0x04, 0x08
_BROKEN = (
    CompDocError, struct.error, AssertionError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError,
    NameError, RecursionError,
)  # fmt: skip


class Record(NamedTuple):
    """A record: its kind and its bytes."""

    kind: int
    body: bytes


class BoundSheet(NamedTuple):
    """A sheet as the workbook lists it, charts and macro sheets too; it stands between two places of the stream."""

    name: str
    kind: int
    start: int
    end: int


class Streams(NamedTuple):
    """The streams of a compound document that are looked at: the workbook and its properties."""

    workbook: bytes
    properties: tuple[bytes, ...]


def streams_of(data: bytes) -> Streams | None:
    """Return the streams of an old workbook; None when the document around them is broken."""
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - xlrd prints its complaints
            document = CompDoc(data, logfile=nowhere)
        listed = [document.dirlist[number] for number in document.dirlist[0].children]
        nodes = {node.name.lower(): node for node in listed if node.etype == _STREAM}
        workbook = next((_stream(document, nodes[name]) for name in _WORKBOOKS if name in nodes), b"")
    except _BROKEN:
        return None
    return Streams(workbook, tuple(_properties(document, nodes.get(name)) for name in _PROPERTIES))


def _properties(document: Any, node: Any) -> bytes:
    """Properties that are broken refuse no workbook."""
    try:
        return _stream(document, node) if node else b""
    except _BROKEN:
        return b""


def _stream(document: Any, node: Any) -> bytes:
    """Follow the sectors of a stream; the library would follow small ones that go round in a circle for ever."""
    is_large = node.tot_size >= document.min_size_std_stream
    size = document.sec_size if is_large else document.short_sec_size
    source, base = (document.mem, 512) if is_large else (document.SSCS or b"", 0)
    following, number = document.SAT if is_large else document.SSAT, node.first_SID
    sectors: dict[int, bytes] = {}
    while 0 <= number < len(following) and len(sectors) * size < node.tot_size:
        if number in sectors:
            raise CompDocError("sectors go round in a circle")
        sectors[number] = source[base + number * size : base + (number + 1) * size]
        number = following[number]
    return b"".join(sectors.values())[: max(node.tot_size, 0)]


def records(
    stream: bytes, start: int = 0, end: int | None = None, *, kinds: Container[int]
) -> Iterator[Record]:
    """Yield some records of a part of a stream, charts inside too, from its BOF to the EOF that belongs to it."""
    place, depth, last = start, 0, len(stream) if end is None else min(end, len(stream))
    while place + _HEADER_BYTES <= last:
        kind, length = struct.unpack_from("<HH", stream, place)
        place += _HEADER_BYTES
        if kind in kinds:
            yield Record(kind, stream[place : min(place + length, last)])
        place += length
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return


def is_biff8(stream: bytes) -> bool:
    """Tell whether a workbook is one of Excel 97 or later, whose texts are Unicode."""
    return u16(stream, 0) == BOF and u16(stream, _HEADER_BYTES) == _BIFF8


def sheets_of(stream: bytes) -> list[BoundSheet]:
    """Return the sheets in the order of the workbook; no two of them share a byte."""
    listed = [record.body for record in records(stream, kinds=(BOUNDSHEET,))]
    starts = sorted({u32(body, 0) for body in listed})
    ends = dict(zip(starts, [*starts[1:], len(stream)], strict=False))
    found, is_wide = [], is_biff8(stream)
    for body in listed:
        start = u32(body, 0)
        name = text_at(body, 7, u8(body, 6)) if is_wide else body[7 : 7 + u8(body, 6)].decode("latin-1")
        # A place that two sheets claim is walked for the first of them.
        found.append(BoundSheet(name, u8(body, 5), start, ends.pop(start, start)))
    return found


def u8(body: bytes, place: int) -> int:
    """Return a number of one byte; 0 beyond the end."""
    return int.from_bytes(body[place : place + 1], "little")


def u16(body: bytes, place: int) -> int:
    """Return a number of two bytes, as much of it as there is."""
    return int.from_bytes(body[place : place + 2], "little")


def u32(body: bytes, place: int) -> int:
    """Return a number of four bytes, as much of it as there is."""
    return int.from_bytes(body[place : place + 4], "little")


def text_at(body: bytes, place: int, count: int) -> str:
    """Return a Unicode text of so many letters, its flags at ``place``; shorter when there is less of it."""
    flags = u8(body, place)
    start = place + 1 + (2 if flags & _HAS_RUNS else 0) + (4 if flags & _HAS_EXTENSION else 0)
    if flags & _IS_WIDE:
        return body[start : start + 2 * count].decode("utf-16-le", "replace")
    return body[start : start + count].decode("latin-1")


def texts_in(body: bytes, place: int, count: int) -> list[str]:
    """Return so many Unicode texts that stand one behind the other, each after the number of its letters."""
    found = []
    while count > 0 and place + 3 <= len(body):
        letters = u16(body, place)
        found.append(text_at(body, place + 2, letters))
        place += 3 + letters * (2 if u8(body, place + 2) & 1 else 1)
        count -= 1
    return found
