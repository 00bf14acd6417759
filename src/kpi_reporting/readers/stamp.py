"""What a submission says it is: its stamp, else its file name, else the row of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Literal

from kpi_reporting.readers.json import Body
from kpi_reporting.readers.sheet import Cell, Sheet, cell_text, is_blank
from kpi_reporting.registry.models import Source
from kpi_reporting.text import match_key

ClaimedBy = Literal["stamp", "file_name", "source", "payload"]

STAMP_ROWS = 15
STAMP_LABELS = {
    "form": "Mã biểu",
    "version": "Phiên bản",
    "unit": "Mã đơn vị",
    "unit_name": "Tên đơn vị",
    "period": "Kỳ báo cáo",
    "nil": "Không phát sinh",
}
_STAMP_WORDS = {match_key(label): word for word, label in STAMP_LABELS.items()}
_LONGEST_LABEL = 100
_IDENTIFYING = frozenset({"form", "unit", "period"})
_YES = frozenset({"x", "có", "true", "1", "đúng"})
_VERSION = re.compile(r"(?:phiên bản ?:? ?|v ?)?(?P<number>[0-9]{1,4})(?:\.0)?")
_FILE_NAME = re.compile(
    r"(?P<form>[^_]+)_v(?P<version>\d{1,4})_(?P<unit>[^_]+)_(?P<period>\d{4}-[A-Za-z]\d{0,2})(?![A-Za-z0-9]).*"
)


@dataclass(frozen=True)
class Claim:
    """Who files which form for which period, in the words of the sender; None where nothing is said."""

    claimed_by: ClaimedBy
    form: str | None = None
    version: str | None = None
    unit: str | None = None
    period: str | None = None
    is_nil: bool = False
    unit_name: str | None = None

    def completed_by(self, other: Claim | None) -> Claim:
        """Take from a weaker claim what this one does not say."""
        if other is None:
            return self
        same_form = self.form is None or other.form is None or match_key(self.form) == match_key(other.form)
        return replace(
            self,
            form=self.form or other.form,
            version=self.version or (other.version if same_form else None),
            unit=self.unit or other.unit,
            period=self.period or other.period,
        )


@dataclass(frozen=True)
class Stamp:
    """A claim as it stands on a sheet: label, then the value right of it. ``place`` is the sheet's, from 0."""

    place: int
    sheet_name: str
    claim: Claim


def stamps_of(sheets: Sequence[Sheet]) -> list[Stamp]:
    """Return the stamps of sheets: the first one whatever it says, a later one when it says more than one word.

    A list of units or periods beside the form has a header that reads like one word of a stamp.
    """
    stamps: list[Stamp] = []
    for place, sheet in enumerate(sheets):
        # A table further down may have a column that is called like a word of the stamp.
        words = dict(reversed(list(_stamped(sheet))))
        if len(words.keys() & _IDENTIFYING) > (1 if stamps else 0):
            stamps.append(Stamp(place, sheet.name, _claim(words)))
    return stamps


def _claim(words: dict[str, str]) -> Claim:
    return Claim(
        "stamp",
        words.get("form"),
        words.get("version"),
        words.get("unit"),
        words.get("period"),
        match_key(words.get("nil", "")) in _YES,
        words.get("unit_name"),
    )


def _stamped(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for row in sheet.rows[:STAMP_ROWS]:
        for place, cell in enumerate(row):
            if not isinstance(cell, str) or len(cell) > _LONGEST_LABEL or not (word := _word(cell)):
                continue
            if value := _next_filled(row[place + 1 :]):
                yield word, _version(value) if word == "version" else value


@lru_cache(maxsize=20_000)
def _word(label: str) -> str | None:
    return _STAMP_WORDS.get(match_key(label).rstrip(": "))


def _version(value: str) -> str:
    """The number of a version that is plainly one: v1, 1.0 and “Phiên bản 1” are 1; anything else stays as it is."""
    found = _VERSION.fullmatch(match_key(value))
    return found["number"] if found else value.lstrip("vV")


def _next_filled(cells: Sequence[Cell]) -> str | None:
    """A stamp word right of another one means that the first was left empty."""
    value = next((cell_text(cell) for cell in cells if not is_blank(cell)), None)
    return None if value is None or (len(value) <= _LONGEST_LABEL and _word(value)) else value


def claim_of_name(file_name: str) -> Claim | None:
    """Return the claim of a file named like ``HS-01_v1_14758_2025-M07.xlsx``."""
    found = _FILE_NAME.fullmatch(PurePath(file_name).stem)
    return (
        Claim("file_name", found["form"], found["version"], found["unit"], found["period"]) if found else None
    )


def claim_of_source(source: Source | None) -> Claim | None:
    """Return what the registry says about everything that comes from a source."""
    if source is None or not (source.form_code or source.unit_code or source.period_code):
        return None
    return Claim("source", form=source.form_code, unit=source.unit_code, period=source.period_code)


def claim_of_body(body: Body) -> Claim:
    """Return the claim of a JSON payload."""
    version = None if body.version is None else str(body.version)
    return Claim("payload", body.form, version, body.unit, body.period, body.nil, body.unit_name)


def differing(first: Claim, second: Claim) -> list[tuple[str, str]]:
    """Return the pairs of words in which two claims contradict each other."""
    pairs = ((first.form, second.form), (first.unit, second.unit), (first.period, second.period))
    return [(one, other) for one, other in pairs if one and other and match_key(one) != match_key(other)]


def strongest(claims: Sequence[Claim | None]) -> Claim | None:
    """Return the first claim there is, completed by the following ones."""
    made = [claim for claim in claims if claim is not None]
    if not made:
        return None
    first, *weaker = made
    for claim in weaker:
        first = first.completed_by(claim)
    return first
