"""A province P with the communes A and B, a year of months, and one form: what the hand-computed examples share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from tests.engine.facts import Facts, Figure, Form, Formula, Nil, Observation, Owed, Period, Side, Term, Unit
from tests.engine.naive import figures

ALWAYS = date(2020, 1, 1)
FIRST_DAYS = [date(2025, month, 1) for month in range(1, 13)] + [date(2026, 1, 1)]
ONE_DAY = timedelta(days=1)
INDICATORS = ("x", "y", "w")
Filed = Mapping[tuple[str, int], Mapping[str, str] | str]


def period(kind: str, code: str, first: int, last: int) -> Period:
    """A period of whole months of 2025."""
    return Period("civil", code, kind, 2025, FIRST_DAYS[first - 1], FIRST_DAYS[last] - ONE_DAY)


MONTHS = {number: period("month", f"2025-M{number:02d}", number, number) for number in range(1, 13)}
QUARTERS = [period("quarter", f"2025-Q{n}", 3 * n - 2, 3 * n) for n in (1, 2, 3, 4)]
UNITS = (Unit("P", None, ALWAYS), Unit("A", "P", ALWAYS), Unit("B", "P", ALWAYS))
FORM = Form("F", "civil", "month", frozenset((one, "total") for one in INDICATORS))


def formula(**given: object) -> Formula:
    """A formula that sums, refuses gaps and has two decimals, but for what is given."""
    usual = {"over_time": "sum", "over_units": "sum", "missing_mode": "non_null"}
    return Formula("f", 1, "k", **{"factor": Fraction(1), "decimals": 2, **usual, **given})


def terms(numerator: Sequence[str], denominator: Sequence[str] = ()) -> tuple[Term, ...]:
    """Terms of the formula, each an indicator."""
    sides: tuple[tuple[Side, Sequence[str]], ...] = (("numerator", numerator), ("denominator", denominator))
    return tuple(Term("f", 1, side, code) for side, codes in sides for code in codes)


def ledger(filed: Filed) -> tuple[list[Observation], list[Nil]]:
    """Filings by unit and month, in their order of arrival; the word "nil" is a nil filing."""
    observed, nils = [], []
    for number, ((unit_id, month), content) in enumerate(filed.items(), 1):
        place = (unit_id, MONTHS[month])
        arrival = (datetime(2026, 1, 1, tzinfo=UTC) + number * ONE_DAY, number)
        if isinstance(content, str):
            nils += [Nil(*place, code, *arrival) for code in INDICATORS]
            continue
        observed += [
            Observation(*place, code, "total", Fraction(value), *arrival) for code, value in content.items()
        ]
    return observed, nils


def facts(
    filed: Filed,
    one: Formula,
    above: Sequence[str] = ("x",),
    below: Sequence[str] = (),
    owed: Sequence[tuple[str, int]] | None = None,
) -> Facts:
    """Facts of one formula; when nothing else is said A and B owe every month that somebody filed."""
    observed, nils = ledger(filed)
    months = sorted({month for _, month in filed})
    owing = [(unit_id, month) for unit_id in "AB" for month in months] if owed is None else owed
    return Facts(
        units=UNITS,
        periods=(*MONTHS.values(), *QUARTERS),
        forms=(FORM,),
        formulas=(one,),
        terms=terms(above, below),
        observations=tuple(observed),
        nils=tuple(nils),
        owed=tuple(Owed(unit_id, "F", MONTHS[month]) for unit_id, month in owing),
    )


def rows(known: Facts) -> dict[tuple[str, str], Figure]:
    """Figures by unit and period, the year left out of the code: ("P", "M03")."""
    return {(one.unit_id, one.period_code.removeprefix("2025-")): one for one in figures(known)}


def sides(one: Figure) -> tuple[Fraction | None, Fraction | None]:
    return one.numerator, one.denominator


def ends(one: Figure) -> tuple[Fraction | None, Fraction | None]:
    return one.value_low, one.value_high
