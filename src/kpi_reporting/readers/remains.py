"""What there is left of a zip archive that cannot be opened: its members by their own headers, as far as each goes."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED

_LOCAL_HEADER, _HEADER_BYTES = b"PK\x03\x04", 30
_IS_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
_PIECE = 16_384
_MOST_MEMBERS, _MOST_BYTES = 500, 32 * 1024 * 1024
_WORTH_READING = (".xml", ".vml", ".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".json", ".zip")


class _Member(NamedTuple):
    """A member; ``end`` is where the search for the next one goes on."""

    name: str
    content: bytes
    end: int


def members_left(data: bytes) -> dict[str, bytes]:
    """Return the members of a broken archive by name: texts and reports as far as they can be unpacked, others empty.

    It looks at so many members and bytes at most, whatever the archive claims to hold.
    """
    found: dict[str, bytes] = {}
    place, budget = data.find(_LOCAL_HEADER), _MOST_BYTES
    while place >= 0 and len(found) < _MOST_MEMBERS and budget > 0:
        member = _member(data, place, budget)
        found.setdefault(member.name, member.content)
        budget -= _HEADER_BYTES + len(member.content)
        place = data.find(_LOCAL_HEADER, member.end)
    return found


def _member(data: bytes, place: int, budget: int) -> _Member:
    header = data[place : place + _HEADER_BYTES]
    if len(header) < _HEADER_BYTES:
        return _Member("", b"", len(data))
    flags, method = struct.unpack_from("<HH", header, 6)
    size, _, name_length, extra_length = struct.unpack_from("<IIHH", header, 18)
    start = place + _HEADER_BYTES + name_length + extra_length
    name = _name(data[place + _HEADER_BYTES : place + _HEADER_BYTES + name_length], flags)
    content = b""
    if name.lower().endswith(_WORTH_READING) and not flags & _IS_ENCRYPTED:
        if method == ZIP_STORED:
            content = data[start : start + min(size, budget)]
        elif method == ZIP_DEFLATED:
            content = _inflated(data, start, budget)
    return _Member(name, content, place + len(_LOCAL_HEADER) if not content else start)


def _name(written: bytes, flags: int) -> str:
    try:
        return written.decode()
    except UnicodeDecodeError:
        return written.decode("utf-8" if flags & _IS_UTF8 else "cp437", "replace")


def _inflated(data: bytes, start: int, budget: int) -> bytes:
    """What comes before the damage; a stream that yields nothing is followed no further than one that yields a lot."""
    unpacker, pieces, left = zlib.decompressobj(-zlib.MAX_WBITS), [], budget
    while not unpacker.eof and left > 0 and start < len(data):
        try:
            piece = unpacker.decompress(data[start : start + _PIECE], left)
        except zlib.error:
            break
        pieces.append(piece)
        start, left = start + _PIECE, left - max(len(piece), _PIECE)
    return b"".join(pieces)
