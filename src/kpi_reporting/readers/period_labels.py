"""Labels with a period in them, as headers say it: "Tháng 7/2025", "T7", 7 below "Tháng", "T7" below "Năm 2025"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpi_reporting.readers.period_texts import begins_a_period, period_named, word_of
from kpi_reporting.readers.structure import Labels
from kpi_reporting.registry.models import ANY_PERIOD, FormField
from kpi_reporting.text import match_key

_DIGITS_OF_A_YEAR = 4


class LabelsOfPeriod(Labels):
    """Labels as they read for one period, or, with None, for whichever they name with its year."""

    def __init__(self, wanted: Sequence[FormField], kind: str, period_code: str | None = None) -> None:
        of_period = [field for field in wanted if ANY_PERIOD in field.label]
        super().__init__([field for field in wanted if field not in of_period])
        self._of_period = {match_key(field.label): field for field in of_period}
        self._upper = Labels(of_period)
        self._kind, self._period_code = kind, period_code

    def may_begin(self, text: str) -> bool:
        """Tell whether a text may be the upper part of a label or of a period in its place, or all of it."""
        key = match_key(text)
        befores = {label.partition(ANY_PERIOD)[0] for label in self._of_period}
        return (
            super().may_begin(text)
            or self._upper.may_begin(text)
            or any(key.startswith(before) if before else begins_a_period(key) for before in befores)
        )

    def columns(self, texts: Mapping[int, str], lowest: Mapping[int, str]) -> dict[int, FormField]:
        """Return the columns that are fields; those with a period in their label where the header says the period."""
        numbers = {column for column, text in lowest.items() if _is_number(text)}
        behind_word = {column for column in numbers if self._ends_with_word(texts[column], lowest[column])}
        no_names = numbers if numbers - behind_word else set()  # they number the columns, not the months
        year = int(self._period_code[:4]) if self._period_code else None
        return super().columns(texts, lowest) | {
            column: self._of_period[label]
            for column, text in texts.items()
            for code, label in periods_of(text, self._of_period, self._kind, year)
            if column not in no_names and self._period_code in (None, code)
        }

    def _ends_with_word(self, text: str, number: str) -> bool:
        return match_key(text).endswith(f"{word_of(self._kind)} {number}")


def labels_with_period(wanted: Iterable[FormField]) -> list[str]:
    """Return what may name a period in a header: labels with one in them, and a period alone."""
    return [*dict.fromkeys(field.label for field in wanted if ANY_PERIOD in field.label), ANY_PERIOD]


def periods_of(
    text: str, labels: Iterable[str], kind: str, year: int | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the codes of the periods that the text of a header names where a label has one, each with that label.

    A number is one only behind a word such as "tháng": rows that number the columns have numbers, too. A name without
    a year is one of ``year``, where that is given.
    """
    key = match_key(text)
    for label in labels:
        before, _, behind = match_key(label).partition(ANY_PERIOD)
        if key.startswith(before) and key.endswith(behind):
            name = key[len(before) : len(key) - len(behind)]
            may_be_named = not _is_number(name) or before.endswith(f"{word_of(kind)} ")
            if may_be_named and (code := period_named(name, kind, year)):
                yield code, label


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < _DIGITS_OF_A_YEAR
