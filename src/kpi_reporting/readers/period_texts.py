"""Periods as Vietnamese text names them: "tháng 7/2025", "quý II năm 2025", "6 tháng đầu năm 2025", "năm 2025"."""

from __future__ import annotations

import re

from kpi_reporting.periods import period_code
from kpi_reporting.text import match_key

_MONTHS = {
    "mười hai": 12, "mười một": 11, "mười": 10, "chín": 9, "tám": 8, "bảy": 7, "bẩy": 7, "sáu": 6, "năm": 5,
    "tư": 4, "bốn": 4, "ba": 3, "hai": 2, "một": 1, "giêng": 1, "chạp": 12,
}  # fmt: skip
_NUMBERS = {**_MONTHS, "i": 1, "ii": 2, "iii": 3, "iv": 4, "đầu": 1, "cuối": 2}
_WORD = f"(?:{'|'.join(_MONTHS)})"
_QUARTER, _QUARTER_NUMBER = "(?:quý|qúy|quí)", "0?[1-4]|i{1,3}|iv|một|hai|ba|tư|bốn"
_THEN = "(?: ?[/.-] ?|,? năm |,? )"
_YEAR = r"[12]\d{3}(?!\d)(?! ?(?:[-–/&+] ?\d|(?:,|và) ?\d{4}))"
_LONGEST_TEXT = 1000

# At each place the first shape that fits is taken: a date is none of its month, "8 tháng năm 2025" none of its year.
# Only a month in words needs "năm" behind it, since "tháng năm 2025" is more likely a month left blank than May.
_SHAPES = {
    "code": r"[12]\d{3}-(?:m\d\d|q\d|h\d|n9|y)(?!\w)",
    "date": r"ngày[\W\d_]*tháng[\W\d_]*(?:năm[\W\d_]*)?|\d{1,2} tháng \d[\d /.-]*(?:năm[\W\d_]*)?",
    "half": rf"(?:6|sáu) tháng (?:(?P<half_number>đầu|cuối) )?năm (?P<half_year>{_YEAR})",
    "nine_month": rf"(?:9|chín) tháng (?:đầu )?năm (?P<nine_month_year>{_YEAR})",
    "months": r"\d{1,2} tháng (?:đầu |cuối )?năm \d{4}",
    "month": rf"tháng (?P<month_number>0?[1-9]|1[0-2]|{_WORD}(?=,? năm | ?[/-])){_THEN}(?P<month_year>{_YEAR})",
    "quarter": rf"{_QUARTER} (?P<quarter_number>{_QUARTER_NUMBER}){_THEN}(?P<quarter_year>{_YEAR})",
    "blank": rf"(?:tháng|{_QUARTER})[\W_]*(?:năm[\W_]*)?\d{{4}}",
    "bare": rf"(?:tháng (?:\d{{1,2}}|{_WORD})|{_QUARTER} (?:\d{{1,2}}|{_QUARTER_NUMBER}))(?!\w)",
    "edge": r"(?:đầu|giữa|cuối|đến|hết|từ|trước|sau) năm \d{4}",
    "year": rf"năm (?P<year_year>{_YEAR})",
}
_PERIOD = re.compile(rf"(?<!\w)(?:{'|'.join(f'(?P<{kind}>{shape})' for kind, shape in _SHAPES.items())})")
_OPEN = frozenset({"blank", "bare"})
_NO_PERIOD = frozenset({"date", "months", "edge"})


def periods_in(text: str) -> list[str]:
    """Return the codes of the periods that a text names, in its order, each once: ``["2025-M07"]``.

    A date ("ngày 15 tháng 7 năm 2025") names none. Nor does a text that leaves open which period it means: "tháng 6
    và tháng 7 năm 2025", "tháng … năm 2025", a text longer than 1,000 letters.
    """
    found = list(_PERIOD.finditer(match_key(text))) if len(text) <= _LONGEST_TEXT else []
    if any(one.lastgroup in _OPEN for one in found):
        return []
    return list(dict.fromkeys(_code(one) for one in found if one.lastgroup not in _NO_PERIOD))


def _code(found: re.Match[str]) -> str:
    kind, groups = str(found.lastgroup), found.groupdict()
    if kind == "code":
        return found[0].upper()
    number = groups.get(f"{kind}_number") or "1"
    return period_code(kind, int(groups[f"{kind}_year"]), _NUMBERS.get(number) or int(number))
