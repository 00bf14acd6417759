"""Old workbooks with records that the library for writing them does not know, put in where Excel puts them."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import xlwt
from xlwt.CompoundDoc import XlsDoc

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOF, EOF, BOUNDSHEET = 0x0809, 0x000A, 0x0085


def book_of(rows: Sequence[Sequence[Any]], name: str = "Biểu") -> xlwt.Workbook:
    book = xlwt.Workbook()
    filled(book.add_sheet(name), rows)
    return book


def filled(sheet: Any, rows: Sequence[Sequence[Any]]) -> None:
    for row_number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(row_number, column, value)


def saved_old(book: xlwt.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def bytes_of(
    book: xlwt.Workbook, everywhere: bytes = b"", in_sheets: Mapping[int, bytes] | None = None
) -> bytes:
    """The file, with records more at the end of the workbook's own part and of sheets, by their numbers from 0."""
    parts = _parts(book.get_biff_data())
    added = {0: everywhere, **{number + 1: more for number, more in (in_sheets or {}).items()}}
    whole = [part[:-4] + added.get(number, b"") + part[-4:] for number, part in enumerate(parts)]
    starts = [sum(map(len, whole[:number])) for number in range(len(whole))]
    return packed(_with_places(whole[0], starts[1:]) + b"".join(whole[1:]))


def packed(stream: bytes) -> bytes:
    target = io.BytesIO()
    XlsDoc().save(target, stream)
    return target.getvalue()


def _records(stream: bytes) -> list[tuple[int, int, int]]:
    found, place = [], 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        found.append((kind, place, place + 4 + length))
        place += 4 + length
    return found


def _parts(stream: bytes) -> list[bytes]:
    ends = [end for kind, _, end in _records(stream) if kind == EOF]
    return [stream[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _with_places(part: bytes, starts: Sequence[int]) -> bytes:
    places = [place for kind, place, _ in _records(part) if kind == BOUNDSHEET]
    changed = bytearray(part)
    for place, start in zip(places, starts, strict=True):
        struct.pack_into("<I", changed, place + 4, start)
    return bytes(changed)


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def counted(text: str, width: str = "<H") -> bytes:
    """A text as the format has it: how many letters, that they are wide, and the letters."""
    return struct.pack(width, len(text)) + b"\1" + text.encode("utf-16-le")


def formula(row: int, column: int, tokens: bytes, value: float = 3.0, more: bytes = b"") -> bytes:
    """A computed formula, its row and column from 0; ``more`` follows it."""
    head = struct.pack("<HHHdHI", row, column, 0, value, 0, 0)
    return record(0x0006, head + struct.pack("<H", len(tokens)) + tokens) + more


def shape_text(*pieces: str, is_of_an_object: bool = True) -> bytes:
    """A shape and its text, each piece in a record of its own."""
    letters = sum(map(len, pieces))
    shape = record(0x005D, struct.pack("<HHHHH12xHH", 0x15, 18, 6, 1, 0, 0, 0)) if is_of_an_object else b""
    head = record(0x01B6, struct.pack("<HH6xHHH2x", 0, 0, letters, 16, 0))
    written = b"".join(record(0x003C, b"\1" + piece.encode("utf-16-le")) for piece in pieces)
    return shape + head + written + record(0x003C, struct.pack("<HHIHHI", 0, 0, 0, letters, 0, 0))


def source(path: str, *sheets: str) -> bytes:
    return record(0x01AE, struct.pack("<H", len(sheets)) + counted(path) + b"".join(map(counted, sheets)))


def other_name(options: int, name: str) -> bytes:
    return record(0x0023, struct.pack("<HI", options, 0) + counted(name, "<B") + b"\0\0")


def references(*targets: tuple[int, int]) -> bytes:
    """By number of source and of sheet."""
    return record(
        0x0017,
        struct.pack("<H", len(targets)) + b"".join(struct.pack("<HHH", *one, one[1]) for one in targets),
    )


def property_set(properties: Mapping[int, str], encoding: str = "utf-8", code_page: int = 65001) -> bytes:
    """A set of properties as Office writes it, its texts in a code page."""
    values = {1: struct.pack("<IHH", 2, code_page, 0)} | {
        number: struct.pack("<II", 0x1E, len(written)) + written
        for number, text in properties.items()
        for written in [text.encode(encoding) + b"\0"]
    }
    start = 8 + 8 * len(values)
    places = [start + sum(map(len, list(values.values())[:number])) for number in range(len(values))]
    entries = b"".join(
        struct.pack("<II", number, place) for number, place in zip(values, places, strict=True)
    )
    body = b"".join(values.values())
    section = struct.pack("<II", start + len(body), len(values)) + entries + body
    return struct.pack("<HHI16sI16sI", 0xFFFE, 0, 2, b"", 1, b"", 48) + section


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound document of streams, each large enough to need no small sectors."""
    padded = {
        name: content.ljust(-(-max(len(content), 4096) // 512) * 512, b"\0")
        for name, content in streams.items()
    }
    counts = [len(content) // 512 for content in padded.values()]
    starts = [sum(counts[:number]) for number in range(len(counts))]
    directory_at, table_at = sum(counts), sum(counts) + 1
    chains = [number + 1 for count in counts for number in range(count)]
    for start, count in zip(starts, counts, strict=True):
        chains[start : start + count] = [*range(start + 1, start + count), -2]
    table = struct.pack("<128i", *[*chains, -2, -3, *[-1] * 128][:128])
    nodes = [_node("Root Entry", 5, -1, 1, -2, 0)] + [
        _node(name, 2, number + 2 if number + 1 < len(padded) else -1, -1, starts[number], len(padded[name]))
        for number, name in enumerate(padded)
    ]
    header = struct.pack("<8s16xHHHHH10xiii", COMPOUND, 0x3E, 3, 0xFFFE, 9, 6, 1, directory_at, 0)
    header += struct.pack("<iiiii109i", 4096, -2, 0, -2, 0, table_at, *[-1] * 108)
    return header + b"".join(padded.values()) + b"".join(nodes).ljust(512, b"\0") + table


def _node(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBiii36xii4x", written, len(written), kind, 1, -1, right, child, start, size)


def small_circle() -> bytes:
    """A workbook in small sectors, each of which says that it follows itself."""
    content, small_table = b"\0" * 4096, struct.pack("<128i", *range(128))
    nodes = _node("Root Entry", 5, -1, 1, 0, 4096) + _node("Workbook", 2, -1, -1, 0, 640)
    table = struct.pack("<128i", *range(1, 8), -2, -2, -2, -3, *[-1] * 117)
    header = struct.pack("<8s16xHHHHH10xiii", COMPOUND, 0x3E, 3, 0xFFFE, 9, 6, 1, 8, 0)
    header += struct.pack("<iiiii109i", 4096, 9, 1, -2, 0, 10, *[-1] * 108)
    return header + content + nodes.ljust(512, b"\0") + small_table + table
