"""Reports that carry state secrets: recognised by their form or by a mark on the file, and not kept.

Decree 09/2019/NĐ-CP does not cover secret reports, so none belongs here. The marks are the three grades of secrecy; the
word inside another one, such as "bảo mật", is none, and neither is a grade that labels a row of figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.readers.legacy_text import ENCODINGS, as_one_byte, from_one_byte
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Cell, Sheet, cell_text, is_blank
from kpi_reporting.registry.models import Form
from kpi_reporting.text import match_key

RULE_ID = "state_secret"
_GRADES = frozenset({"mật", "tối mật", "tuyệt mật"})
MARKED_ROWS = 15
_LONGEST_MARK = 60
_INTRODUCED = re.compile(r"^(?:độ mật|mức độ mật|cấp độ mật|dấu mật|dấu độ mật)\s*:\s*")
_NUMBERED = re.compile(r"\s*[(,;]?\s*bản số\b.*$")
_PARTS_OF_A_NAME = re.compile(r"[_()\[\],/\\]+")
_HYPHENS = re.compile(r"[.–-]+")
_IN_CAPITALS = re.compile(r"(?<!\w)(?:TỐI|TUYỆT) MẬT(?!\w)")
_FIGURE = re.compile(r"[0-9][0-9., ]*")
# However its vowel is written, a grade ends in "mật"; most texts do not hold that, and comparing costs more.
_LETTERS = re.compile(r"[mM]\S{1,3}[tT]")
# The letters "mậ" as bytes, in every way to compose them, as a reference of XML, and in encodings from before Unicode.
_PERHAPS = re.compile(
    rb"[mM](?:<[^<>]{0,200}>){0,20}"
    rb"(?:&#|\xe1\xba[\xac\xad]|[aA]\xcc[\x82\xa3]\xcc[\x82\xa3]|\xc3[\x82\xa2]\xcc\xa3|\xe1\xba[\xa0\xa1]\xcc\x82"
    rb"|\xc3\x8b|[aA]\xc3[\x84\xa4]|\xc3[\x82\xa2]\xc3\xb2|\xc2[\x87\xa7]|\xe2\x80\xa1)"
)


class StateSecret(Refusal):
    """A file that cannot be read and bears the mark in what can be seen of it; nothing of it may be told."""

    def __init__(self) -> None:
        super().__init__(state_secret())


def state_secret() -> Finding:
    """Return why such a report is refused; it says nothing of what the report holds."""
    return built_in(RULE_ID).finding()


def is_secret_form(forms: Iterable[Form], form_code: str | None) -> bool:
    """Tell whether the registry says of a form, in any of its versions, that it carries state secrets."""
    wanted = match_key(form_code or "")
    return any(form.carries_state_secrets and match_key(form.form_code) == wanted for form in forms)


def has_marked_name(path: str) -> bool:
    """Tell whether a part of a file's name, or of a folder it lies in, is a grade of secrecy by itself.

    A hyphen may stand inside a word, as in "bảo-mật"; what it divides has to be in capitals.
    """
    name = unicodedata.normalize("NFC", path).removesuffix(PurePath(path).suffix)
    parts = _PARTS_OF_A_NAME.split(name)
    in_capitals = [piece for part in parts for piece in _HYPHENS.split(part) if piece.isupper()]
    return _IN_CAPITALS.search(name) is not None or any(
        match_key(part.strip(" 0123456789")) in _GRADES for part in [*parts, *in_capitals]
    )


def is_marked(sheets: Iterable[Sheet], hidden: Iterable[Sheet], texts: Iterable[str]) -> bool:
    """Tell whether a file bears the mark: on a sheet, visible or hidden, or in a text beside the cells.

    A hidden sheet with several grades is the list that a visible one lets people choose from.
    """
    return (
        any(map(is_grade, texts))
        or any(map(is_grade, _names_and_pages([*sheets, *hidden])))
        or any(_grades_on(sheet) for sheet in sheets)
        or any(len(_grades_on(sheet)) == 1 for sheet in hidden)
    )


def _names_and_pages(sheets: Iterable[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        yield sheet.name
        yield from sheet.page_texts


def _grades_on(sheet: Sheet) -> set[str]:
    """The grades that stand by themselves in the first rows of a sheet."""
    return {grade for row in sheet.rows[:MARKED_ROWS] for grade in grades_of(row)}


def shouts_grade(text: str) -> bool:
    """Tell whether a text is a grade in capitals, which is a mark wherever it stands."""
    return text.isupper() and is_grade(text)


def may_say_grade(part: bytes) -> bool:
    """Tell whether a part of an office file may hold a grade at all, so that looking at its texts is worth it."""
    return _PERHAPS.search(part) is not None


def grades_of(row: Sequence[Cell]) -> set[str]:
    """Return the grades that mark a row: beside a figure one labels it, as in a count by grade, unless it shouts."""
    filled = [cell for cell in row if not is_blank(cell)]
    grades = {cell: grade for cell in filled if isinstance(cell, str) and (grade := _grade_of(cell))}
    has_figures = bool(grades) and any(_FIGURE.fullmatch(cell_text(cell)) for cell in filled)
    return {grade for cell, grade in grades.items() if cell.isupper() or not has_figures}


def is_grade(text: str) -> bool:
    """Tell whether a text is a grade of secrecy by itself, in Unicode or in an encoding from before it."""
    return _grade_of(text) is not None


def _grade_of(text: str) -> str | None:
    if _LETTERS.search(text) is None:
        return None
    said = map(_said, _spellings(text))
    return next((grade for grade in said if grade in _GRADES), None)


def _spellings(text: str) -> Iterator[str]:
    """Texts outside of cells have no font that would say which encoding they are in."""
    yield text
    if len(text) <= _LONGEST_MARK and not text.isascii():
        written = as_one_byte(text)
        if written is not None:
            yield from (from_one_byte(written, encoding) for encoding in ENCODINGS)


def _said(text: str) -> str:
    said = _NUMBERED.sub("", match_key(text).strip(" .*()[]“”\"'"))
    return _INTRODUCED.sub("", said)
