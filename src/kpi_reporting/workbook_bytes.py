"""Workbooks as bytes that are the same, byte for byte, whenever they are made."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from openpyxl import Workbook

_MADE_AT = datetime.fromisoformat("2025-01-01")
_READABLE_BY_OWNER = 0o600 << 16


def workbook_bytes(book: Workbook) -> bytes:
    """Save without the clock: openpyxl and zip write down when they were at work."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.created = book.properties.modified = _MADE_AT
    draft, final = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, ZipFile(draft, "w")).save()
    with ZipFile(draft) as written, ZipFile(final, "w", ZIP_DEFLATED) as archive:
        for name in written.namelist():
            member = ZipInfo(name, _MADE_AT.timetuple()[:6])
            member.external_attr = _READABLE_BY_OWNER
            archive.writestr(member, written.read(name), ZIP_DEFLATED)
    return final.getvalue()
