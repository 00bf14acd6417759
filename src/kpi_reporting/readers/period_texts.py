"""Periods as Vietnamese text names them: "tháng 7/2025", "quý II năm 2025", "6 tháng đầu năm 2025", "năm 2025"."""

from __future__ import annotations

import re
from datetime import date

from kpi_reporting.periods import kind_of, period_code
from kpi_reporting.readers.sheet import Cell
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
_LONGEST_TEXT, _LONGEST_NAME = 1000, 40
_KIND_WORDS = {"month": "tháng", "quarter": "quý", "year": "năm"}
_LONGER_KINDS = {"year": 12, "nine_month": 9, "half": 6, "quarter": 3}  # months of each
_BEGINNING = re.compile(
    rf"tháng|{_QUARTER}|năm|(?:6|sáu|9|chín) tháng|[tq]\.? ?\d|\d\d? ?[/.-] ?{_YEAR}|{_YEAR}"
)
_LETTER = re.compile(r"[tq]\.? ?(?=\d)")

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


def period_of_column(text: str, kind: str) -> list[str]:
    """Return the codes of the periods that a cell names below a header such as "Tháng": "7/2025" is a month."""
    return periods_in(text) or periods_in(f"{_KIND_WORDS.get(kind, '')} {text}")


def said_in(cell: Cell, kind: str) -> str | None:
    """Return the text of a cell that may name a period of a kind; a spreadsheet makes the first of July of "7/2025"."""
    if isinstance(cell, date) and kind == "month" and cell.day == 1:
        return words_of(period_code("month", cell.year, cell.month))
    return cell if isinstance(cell, str) else None


def word_of(kind: str) -> str:
    """Return the word that a period of a kind begins with: "tháng", and nothing for halves."""
    return _KIND_WORDS.get(kind, "")


def begins_a_period(text: str) -> bool:
    """Tell whether a text may be the first words of what a period is called: "tháng", "T7", "năm 2025 tháng"."""
    return bool(_BEGINNING.match(match_key(text)))


def period_named(text: str, kind: str, year: int | None = None) -> str | None:
    """Return the code of the period of a kind whose name a text is, with nothing beside it; None when it is none.

    A name without a year is one of ``year``, where that is given: "Tháng 7", "T7", "7" and "Quý III". Behind a longer
    period it is one in that: "Năm 2025 tháng 7".
    """
    key = match_key(text).strip(" .:")
    if not key or len(key) > _LONGEST_NAME:
        return None
    return _named_alone(key, kind, year) or _named_in_longer(key, kind, year)


def _named_alone(key: str, kind: str, year: int | None) -> str | None:
    for name in (key, f"{word_of(kind)} {_LETTER.sub('', key)}"):
        for whole in (name, *((f"{name}/{year}", f"{name} {year}") if year else ())):
            found = _PERIOD.fullmatch(whole)
            code = _code(found) if found and found.lastgroup not in _OPEN | _NO_PERIOD else None
            if code and kind_of(code) == kind:
                return code
    return None


def _named_in_longer(key: str, kind: str, year: int | None) -> str | None:
    """A number alone behind it is none: rows that number the columns have numbers, too."""
    words = key.split(" ") if begins_a_period(key) else []
    for count in range(1, len(words)):
        rest = " ".join(words[count:])
        for longer in _LONGER_KINDS if not rest.isdecimal() else ():
            outer = _named_alone(" ".join(words[:count]), longer, year)
            inner = _named_alone(rest, kind, int(outer[:4])) if outer else None
            if outer and inner and _is_within(inner, outer):
                return inner
    return None


def _is_within(inner: str, outer: str) -> bool:
    months, around = _months_of(inner), _months_of(outer)
    return inner[:4] == outer[:4] and around.start <= months.start and months.stop <= around.stop


def _months_of(code: str) -> range:
    length = _LONGER_KINDS.get(kind_of(code) or "", 1)
    last = int(code[6:] or 1) * length if length not in (9, 12) else length
    return range(last - length, last)


def words_of(period_code: str) -> str:
    """Return a period as the header of a column names it: "Tháng 7/2025"."""
    kind, year = kind_of(period_code), period_code[:4]
    number = int(period_code[6:] or 1)
    named = {
        "month": f"Tháng {number}/{year}",
        "quarter": f"Quý {('I', 'II', 'III', 'IV')[(number - 1) % 4]}/{year}",
        "half": f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}",
        "nine_month": f"9 tháng năm {year}",
    }
    return named.get(kind or "", f"Năm {year}")


def _code(found: re.Match[str]) -> str:
    kind, groups = str(found.lastgroup), found.groupdict()
    if kind == "code":
        return found[0].upper()
    number = groups.get(f"{kind}_number") or "1"
    return period_code(kind, int(groups[f"{kind}_year"]), _NUMBERS.get(number) or int(number))
