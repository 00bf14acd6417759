"""Which parts a period's figure is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from tests.engine.facts import Facts, Formula, Period


def windows(
    facts: Facts, formula: Formula, parts: Sequence[Period]
) -> Iterator[tuple[Period, Sequence[Period]]]:
    """Yield the periods a formula version has figures of, each with its parts in time order."""
    if not parts:
        return
    for period in facts.periods:
        if period.calendar_code == parts[0].calendar_code and formula.holds_on(period.last_day):
            window = _window(formula, parts, period)
            if window:
                yield period, window


def _window(formula: Formula, parts: Sequence[Period], period: Period) -> Sequence[Period]:
    """Return the parts, or nothing when they do not make the whole window."""
    if formula.span != "period" and period not in parts:
        return ()
    if formula.over_time == "last":
        return [part for part in _inside(parts, period) if part.last_day == period.last_day]
    if formula.span == "rolling":
        return _rolling(formula, parts, period)
    if formula.span == "year_to_date":
        return [part for part in parts if part.year == period.year and part.last_day <= period.last_day]
    inside = _inside(parts, period)
    return inside if _fill(inside, period) else ()


def _rolling(formula: Formula, parts: Sequence[Period], period: Period) -> Sequence[Period]:
    length = formula.span_parts or 0
    until_now = [part for part in parts if part.last_day <= period.last_day]
    return until_now[-length:] if len(until_now) >= length else ()


def _inside(parts: Sequence[Period], period: Period) -> list[Period]:
    return [part for part in parts if period.first_day <= part.first_day and part.last_day <= period.last_day]


def _fill(parts: Sequence[Period], period: Period) -> bool:
    day = period.first_day
    for part in parts:
        if part.first_day != day:
            return False
        day = part.last_day + timedelta(days=1)
    return day == period.last_day + timedelta(days=1)
