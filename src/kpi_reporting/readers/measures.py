"""Units of measure as people write them: money in its magnitudes, and everything else by its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kpi_reporting.registry.models import FormField
from kpi_reporting.remembered import once_if_small
from kpi_reporting.text import match_key, without_marks

_MAGNITUDES = {
    "nghinty": 10**12, "nganty": 10**12, "1000ty": 10**12, "nghin": 10**3, "ngan": 10**3, "1000": 10**3,
    "trieu": 10**6, "tr": 10**6, "1000000": 10**6, "ty": 10**9, "ti": 10**9, "1000000000": 10**9,
}  # fmt: skip
_NAMES = {
    1: "đồng",
    10**3: "nghìn đồng",
    10**6: "triệu đồng",
    10**9: "tỷ đồng",
    10**12: "nghìn tỷ đồng",
}
_CURRENCY = r"(?:vn)?(?:dong|d)(?:vn|vietnam)?"
_MONEY = re.compile(rf"(?P<magnitude>{'|'.join(_MAGNITUDES)})?(?P<currency>{_CURRENCY})?")
_SCALED = re.compile(r"(?:1[ .]?000|nghin|ngan|trieu|ty|tram|chuc|tr)\b|.*(?:%|‰|\bphan tram\b)")
_IN_WORDS = re.compile(
    r"\b(?:(?:(?:nghin|ngan|1[. ]?000) )?(?:ty|ti)|nghin|ngan|trieu|tr|1[. ]?000(?:[. ]000){0,2})"
    r"[. ]*(?:dong|vnd|vn dong|d)\b"
)


@dataclass(frozen=True)
class Measure:
    """The measure a figure is typed in: money of a magnitude, or the words of its indicator."""

    name: str
    magnitude: Decimal | None

    def is_named_by(self, text: str) -> bool:
        """Tell whether a text is a spelling of this measure; what stands for nothing, as a dash, is.

        Of measures other than money there are too many words to tell a mistake from a synonym: only what would be
        another magnitude, a share or money is not one.
        """
        if not re.search(r"\w|%|‰", text) or _words(text) == _words(self.name):
            return True
        if self.magnitude is not None:
            return magnitude_of(text) == self.magnitude
        return magnitude_of(text) is None and not _SCALED.match(plain(text))


def _words(text: str) -> str:
    return plain(text).replace("phan tram", "%").strip(" .:")


def measure_of(field: FormField, measures: Mapping[str, str]) -> Measure:
    """Return the measure of a figure: that of its indicator times the factor of its field."""
    name = measures.get(field.indicator_code or "", "")
    magnitude = magnitude_of(name)
    if magnitude is None:
        return Measure(name, None)
    typed = magnitude * field.multiplier
    return Measure(_NAMES.get(int(typed), f"{typed} đồng"), typed)


@once_if_small(longest=200, most=20_000)
def magnitude_of(text: str) -> Decimal | None:
    """Return how many đồng a measure of money is, written in one of many ways; None when it is none."""
    found = _MONEY.fullmatch(re.sub(r"[^a-z0-9]", "", plain(text)))
    if found is None or not (found["currency"] or (found["magnitude"] or "0")[0].isalpha()):
        return None
    return Decimal(_MAGNITUDES.get(found["magnitude"] or "", 1))


def name_of(text: str) -> str:
    """Return one name for all spellings of a measure of money; of any other the text, in single blanks."""
    magnitude = magnitude_of(text)
    named = _NAMES.get(int(magnitude)) if magnitude is not None else None
    return named or " ".join(text.split())


@once_if_small(longest=200, most=20_000)
def is_plainly_money(text: str) -> bool:
    """Tell whether a whole text is a measure of money; a letter or a name, as "D" or "Ngân", is not taken for one."""
    words = match_key(text).strip("(). ")
    return words in ("đồng", "vnđ", "vnd") or (magnitude_of(text) is not None and bool(money_in(text)))


def money_in(text: str) -> list[str]:
    """Return the measures of money that a text names anywhere, as "(triệu đồng)" behind a label."""
    return [found[0] for found in _IN_WORDS.finditer(plain(text))]


@once_if_small(longest=200, most=20_000)
def plain(text: str) -> str:
    """Return a text in small letters without any marks, its signs kept."""
    return without_marks(match_key(text))
