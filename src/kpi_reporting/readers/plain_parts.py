"""The parts of a workbook as the library that reads values may see them: plain, or written anew."""

from __future__ import annotations

from collections.abc import Mapping

from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.plain_sheet import are_plain_strings, are_plain_styles, is_plain
from kpi_reporting.readers.plain_xml import Unclear, rewritten
from kpi_reporting.readers.refusal import damaged, unclear_cell

STYLES, _STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"


def plain_sheet(archive: Archive, name: str, sheet_name: str) -> tuple[bytes, bool]:
    """Return the XML of a sheet, written plainly, and whether it had to be written anew.

    Raises:
        xml.parsers.expat.ExpatError: it is no well-formed XML.
        Refusal: a cell is told twice or holds what no program writes, so that readers would differ.
    """
    part = archive.read_xml(name)
    if is_plain(part):
        return part, False
    try:
        part = rewritten(part)
    except Unclear as unclear:
        raise unclear_cell(sheet_name, unclear.address, unclear.what_vi, unclear.what_en) from unclear
    if not is_plain(part):
        raise damaged(f"{name} is written as no spreadsheet program writes a sheet")
    return part, True


def plain_data(archive: Archive, sheets: Mapping[str, bytes], styles: bytes) -> bytes:
    """Return the workbook with the sheets given, and its shared texts and styles written plainly, if they are not."""
    strings = archive.read_xml(_STRINGS)
    others = dict(sheets)
    if not are_plain_strings(strings):
        others[_STRINGS] = _rewritten(_STRINGS, strings)
    if not are_plain_styles(styles):
        others[STYLES] = _rewritten(STYLES, styles)
    return archive.with_parts(others) if others else archive.data


def _rewritten(name: str, part: bytes) -> bytes:
    try:
        return rewritten(part)
    except Unclear as unclear:
        raise damaged(f"{name} {unclear.what_en}") from unclear
