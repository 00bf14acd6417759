"""Files made faulty on purpose: good ones of our own, changed part by part."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from tests.workbooks import LIST_HEADER, district_book, saved, stamp, workbook

SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"


def hs01_rows(*values: tuple[str, Any]) -> list[list[Any]]:
    """A commune's filing: the stamp in rows 1 to 4, the header in row 6, the items from row 7, figures in D."""
    items = [[code, f"Chỉ tiêu {code}", "hồ sơ", value, None] for code, value in values]
    return [*stamp("HS-01", "14758", "2025-M07"), [], list(LIST_HEADER), *items]


def hs01_book(*values: tuple[str, Any]) -> Workbook:
    return workbook(hs01_rows(*values))


def filled(form: str, unit: str, period: str, rows: Sequence[Sequence[Any]]) -> Workbook:
    """A filing of any form: the stamp, an empty row, then the rows given, from row 6."""
    return workbook([*stamp(form, unit, period), [], *rows])


def district(rows: Sequence[Sequence[Any]]) -> Workbook:
    """A district's filing with its own rows from row 8, figures from C to R."""
    book = district_book()
    sheet = book.worksheets[0]
    sheet.delete_rows(8, 2)
    for row in rows:
        sheet.append(list(row))
    return book


def changed(data: bytes, edits: Mapping[str, Callable[[bytes], bytes]], **added: bytes) -> bytes:
    """Change members of an archive; an edit of a name that is not there fails. ``added`` come on top."""
    target, left = io.BytesIO(), dict(edits)
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for member in source.infolist():
            part = source.read(member)
            edit = left.pop(member.filename, None)
            copy.writestr(member.filename, edit(part) if edit else part)
        for name, part in added.items():
            copy.writestr(name, part)
    assert not left, f"no such members: {sorted(left)}"
    return target.getvalue()


def with_members(data: bytes, members: Mapping[str, bytes]) -> bytes:
    """The same archive with more members."""
    return changed(data, {}, **dict(members))


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """An edit that must find what it replaces."""

    def edit(part: bytes) -> bytes:
        assert old in part, f"{old!r} is not in the part"
        return part.replace(old, new)

    return edit


def computed(book: Workbook, values: Mapping[str, Any]) -> bytes:
    """Save a workbook as Excel would: each formula with its value; text values as text."""

    def fill(part: bytes) -> bytes:
        for cell, value in values.items():
            kind, text = ("str", value) if isinstance(value, str) else ("n", str(value))
            if text.startswith("#"):
                kind = "e"
            pattern = rf'<c r="{cell}"( s="\d+")?><f>([^<]*)</f><v ?/></c>'.encode()
            written = rf'<c r="{cell}"\1 t="{kind}"><f>\2</f><v>{text}</v></c>'.encode()
            part, count = re.subn(pattern, written, part)
            assert count == 1, f"{cell} holds no formula"
        return part

    return changed(saved(book), {SHEET: fill})
