"""What a text in a figure's cell is: a number as the form declares it, another way to write one, or no number."""

from __future__ import annotations

import re
from typing import Literal

Locale = Literal["vi", "en", "plain"]
TextKind = Literal["number", "other_locale", "with_unit", "date", "words"]

LONGEST_NUMBER = 100
# The same patterns as the macro decimal_text, which turns such texts into figures.
_NUMBERS = {
    "vi": re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+|[0-9]+)(,[0-9]+)?"),
    "en": re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+|[0-9]+)(\.[0-9]+)?"),
    "plain": re.compile(r"[+-]?([0-9]{1,3}( [0-9]{3})+|[0-9]+)(\.[0-9]+)?"),
}
_ONLY_SEPARATORS = re.compile(r"[+-]?[0-9][0-9., ]*")
_WITH_UNIT = re.compile(r"[+-]?[0-9][0-9., ]*(%|‰|₫|[^\W\d_][^\d]*)")
_DATE = re.compile(r"[0-9]{1,4}([/.-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f]+")


def kind_of_text(text: str, locale: Locale) -> TextKind:
    """Tell what a text is, under the one locale that the form declares."""
    plain = _BLANKS.sub(" ", text).strip()
    if len(plain) <= LONGEST_NUMBER and _NUMBERS[locale].fullmatch(plain):
        return "number"
    if _DATE.fullmatch(plain):
        return "date"
    if _ONLY_SEPARATORS.fullmatch(plain):
        return "other_locale"
    return "with_unit" if _WITH_UNIT.fullmatch(plain) else "words"
