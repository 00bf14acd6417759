"""Zip archives as senders make them, and as attackers do: opened only within limits, read part by part.

The standard library reads the directory. Members are unpacked here, because a night opens thousands of small ones and
the library's file objects cost more than their content.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kpi_reporting.readers.limits import Limits
from kpi_reporting.readers.refusal import damaged, encrypted, too_large, unreadable

_MEGABYTE = 1024 * 1024
_SMALL_MEMBER, _SMALL_PART = 2048, 16 * 1024
_LOCAL_HEADER = b"PK\x03\x04"
_IS_ENCRYPTED = 0x1
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding=[\"'](?!(?i:utf-8|us-ascii)[\"'])")
# What does not stay below the folder it is unpacked to, on any system.
_HARMFUL = re.compile(r"^/|(?:^|/)\.\.(?:/|$)|[\\:\0]", re.MULTILINE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


class Archive:
    """A zip archive in memory whose directory keeps to the limits; nothing is unpacked before it is asked for."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Read the directory.

        Raises:
            Refusal: it is broken, protected, too large once unpacked, or its members are named to do harm.
        """
        try:
            members = ZipFile(BytesIO(data)).infolist()
            _check_members(members, limits)
        except (BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
            raise damaged(error.__class__.__name__) from error
        self._members = {member.filename: member for member in members}
        self._whatever_case = {name.lower(): one for name, one in self._members.items()}
        self.data = data

    @property
    def names(self) -> list[str]:
        """Names of the members, in the order of the directory."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """Unpack a member, never beyond the size its directory states; empty when there is none of the name.

        Capitals are as good as small letters, because they are to the library that reads the values.

        Raises:
            BadZipFile, zlib.error: it is packed in another way, or is not what the directory says.
        """
        member = self._members.get(name) or self._whatever_case.get(name.lower())
        if member is None:
            return b""
        told = member.compress_type, member.file_size, member.CRC
        packed = self._packed(member)
        if member.compress_size <= _SMALL_MEMBER and member.file_size <= _SMALL_PART:
            return _small_part(bytes(packed), *told)
        return _unpacked(packed, *told)

    def read_xml(self, name: str) -> bytes:
        """Return a part of an office file, which is UTF-8 and declares no entities; empty when there is none.

        Raises:
            Refusal: it declares entities, or hides what it declares behind another encoding.
        """
        part = self.read(name)
        if part.startswith(_UTF16) or _OTHER_ENCODING.match(part):
            raise damaged(f"{name} is not UTF-8")
        if b"!" in part and any(word in part for word in _DECLARATIONS):
            raise _entities(name)
        return part

    def read_text(self, name: str) -> bytes:
        """Return a part that no figure is read from, as UTF-8; empty when it is damaged, as it refuses no file."""
        try:
            part = self.read(name)
        except (BadZipFile, zlib.error, struct.error):
            return b""
        return part.decode("utf-16", "replace").encode() if part.startswith(_UTF16[:2]) else part

    def with_parts(self, parts: Mapping[str, bytes]) -> bytes:
        """Return an archive of the same members, some with other content; names are found whatever their case."""
        target, others = BytesIO(), {name.lower(): part for name, part in parts.items()}
        with ZipFile(target, "w") as copy:
            for name in self._members:
                copy.writestr(ZipInfo(name), others.get(name.lower()) or self.read(name))
        return target.getvalue()

    @property
    def has_names_by_case(self) -> bool:
        """True when two members are told apart by capitals alone."""
        return len(self._whatever_case) < len(self._members)

    def _packed(self, member: ZipInfo) -> memoryview:
        """The bytes behind a member's own header, whose length differs from the directory's."""
        header = member.header_offset
        if self.data[header : header + 4] != _LOCAL_HEADER:
            raise BadZipFile(f"{member.filename} does not begin where the directory says")
        name_length, extra_length = struct.unpack_from("<HH", self.data, header + 26)
        start = header + 30 + name_length + extra_length
        return memoryview(self.data)[start : start + member.compress_size]


def _unpacked(packed: bytes | memoryview, compress_type: int, size: int, crc: int) -> bytes:
    if compress_type == ZIP_STORED:
        content = bytes(packed)
    elif compress_type == ZIP_DEFLATED:
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
    else:
        raise BadZipFile("packed in an unusual way")
    if len(content) != size or zlib.crc32(content) != crc:
        raise BadZipFile("not what the directory says")
    return content


# Workbooks of one template have most of their small parts in common, byte by byte.
_small_part = lru_cache(maxsize=256)(_unpacked)


def _check_members(members: Sequence[ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise too_large(f"> {limits.members} tệp con")
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise too_large(f"> {limits.unpacked_bytes // _MEGABYTE} MB")
    for member in members:
        if member.flag_bits & _IS_ENCRYPTED:
            raise encrypted()
        if member.file_size > max(_MEGABYTE, member.compress_size * limits.compression_ratio):
            raise _bomb(member)
    names = [member.orig_filename for member in members]
    if _HARMFUL.search("\n".join(names)):
        raise _unsafe_name(next(name for name in names if _HARMFUL.search(name)))
    if len(set(names)) < len(names):
        raise damaged("two members with one name")


def _bomb(member: ZipInfo) -> Exception:
    return unreadable(
        "compression_bomb",
        "Tệp nén bất thường: khi giải nén lớn gấp hàng trăm lần nên không được mở.",
        f"{member.filename} unpacks from {member.compress_size} to {member.file_size} bytes.",
    )


def _unsafe_name(name: str) -> Exception:
    return unreadable(
        "unsafe_member_name",
        "Tệp nén chứa tệp con có đường dẫn không an toàn nên không được mở.",
        f"The archive has a member called {name!r}.",
        "Tạo lại tệp nén chỉ gồm các tệp báo cáo, không kèm đường dẫn, rồi gửi lại.",
    )


def _entities(name: str) -> Exception:
    return unreadable(
        "xml_entities",
        "Tệp có khai báo thực thể XML, là thứ không có trong báo cáo thông thường, nên không được mở.",
        f"{name} declares a document type or entities.",
    )
