"""Marks of state secrets on files that cannot be read: whatever else is wrong with them, nothing of them is kept.

Only what can be seen without a sound file is looked at. Where its place is unknown, a grade has to be in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from itertools import islice
from pathlib import PurePath

from kpi_reporting.readers.json import texts_until
from kpi_reporting.readers.ods import tables_until
from kpi_reporting.readers.office_texts import SheetTops, texts_beside
from kpi_reporting.readers.paragraphs import paragraphs
from kpi_reporting.readers.remains import members_left
from kpi_reporting.readers.secrets_of_state import (
    MARKED_ROWS,
    grades_of,
    has_marked_name,
    is_grade,
    is_marked,
    may_say_grade,
    shouts_grade,
)
from kpi_reporting.readers.zipped import REPORT_SUFFIXES

_ZIP, _COMPOUND, _TAG = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<"
_DEEPEST = 3
_HEAD = 65_536
_DELIMITERS = re.compile(r"[;,\t|]")
_SHEET_NAME = re.compile(r"<(?:\w+:)?sheet\s[^<>]{0,500}?name=[\"']([^\"'<>]{0,300})[\"']")
_SHEETS, _PAGES = "xl/worksheets/", re.compile(r"word/(?:header|footer)[^/]*\.xml")


def bears_mark(data: bytes, file_name: str, depth: int = 0) -> bool:
    """Tell whether a file that cannot be read bears the mark in what can be seen of it."""
    if data.startswith(_ZIP):
        return depth < _DEEPEST and _is_marked_archive(members_left(data), depth)
    if data.startswith(_COMPOUND):
        from kpi_reporting.readers.old_marks import is_marked_old_workbook
        from kpi_reporting.readers.xls import tops_of

        return is_marked_old_workbook(data) or is_marked((), tops_of(data), ())
    if PurePath(file_name).suffix.lower() == ".json":
        return any(map(is_grade, texts_until(data)))
    return _is_marked_text(data[:_HEAD])


def _is_marked_archive(members: Mapping[str, bytes], depth: int) -> bool:
    if any(map(has_marked_name, members)):
        return True

    def part(name: str) -> bytes:
        return members.get(name, b"")

    if "content.xml" in members:
        return is_marked((), *tables_until(part))
    reports = [name for name in members if PurePath(name).suffix.lower() in {*REPORT_SUFFIXES, ".zip"}]
    return (
        _is_marked_workbook(members)
        or _is_marked_letter(members)
        or any(bears_mark(members[name], name, depth + 1) for name in reports)
    )


def _is_marked_workbook(members: Mapping[str, bytes]) -> bool:
    def part(name: str) -> bytes:
        return members.get(name, b"")

    tops = SheetTops(part)
    sheets = [tops.sheet("", name) for name in members if name.startswith(_SHEETS) and name.endswith(".xml")]
    names = _SHEET_NAME.findall(part("xl/workbook.xml").decode("utf-8", "replace"))
    return is_marked((), sheets, [*map(unescape, names), *texts_beside(members, part)])


def _is_marked_letter(members: Mapping[str, bytes]) -> bool:
    """A letter or a presentation is no report, but somebody may have dropped it here."""
    letters = {name: part for name, part in members.items() if name.startswith(("word/", "ppt/slides/"))}
    return any(
        any(map(is_grade if _PAGES.fullmatch(name) else shouts_grade, paragraphs(part)))
        for name, part in letters.items()
        if may_say_grade(part)
    )


def _is_marked_text(head: bytes) -> bool:
    text = _decoded(head)
    if head.lstrip().startswith(_TAG):
        return any(map(shouts_grade, paragraphs(text.encode())))
    return _has_marked_line(islice(text.splitlines(), MARKED_ROWS))


def _has_marked_line(lines: Iterable[str]) -> bool:
    return any(grades_of([cell.strip(' "') for cell in _DELIMITERS.split(line)]) for line in lines)


def _decoded(head: bytes) -> str:
    """Text of one byte is left for the comparison, which knows the encodings from before Unicode."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_cut = error.start > len(head) - 4
        return head.decode("utf-8", "replace") if is_cut else head.decode("latin-1")
