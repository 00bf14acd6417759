"""A second implementation of docs/decisions/0010-how-a-figure-is-computed.md, from that page alone.

Slow, simple and exact: plain Python over fractions. It shares no rule with the models; where the two differ, one of
them does not follow the page.

Which rows there are: a unit has a row for a period when it, or a unit below it, owes or answered (any term present) a
part of the window – with ``over_time`` = ``last`` the one part. With ``province_only`` only units without a parent
have rows, with a ``span`` other than ``period`` only periods of the part's kind. A window without all of its parts
has no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.engine.facts import Facts, Figure, Formula, Period, Unit
from tests.engine.interval import interval
from tests.engine.sums import PartSums, Sides, combined, part_sums, quotient, rounded
from tests.engine.unit_parts import NULL_MODES, UnitParts
from tests.engine.windows import windows

COVERAGE_DECIMALS = 4


@dataclass(frozen=True)
class Subject:
    """Whose figure: a unit, and all units of its sums, itself included."""

    unit: Unit
    members: tuple[Unit, ...]


def figures(facts: Facts) -> list[Figure]:
    """Return every figure of every formula, unit and ended period."""
    subjects = [Subject(unit, _with_those_below(facts, unit)) for unit in facts.units]
    return [row for formula in facts.formulas for row in _figures_of(facts, formula, subjects)]


def _with_those_below(facts: Facts, unit: Unit) -> tuple[Unit, ...]:
    below = [_with_those_below(facts, child) for child in facts.units if child.parent_id == unit.unit_id]
    return (unit, *(one for family in below for one in family))


def _figures_of(facts: Facts, formula: Formula, subjects: Sequence[Subject]) -> Iterator[Figure]:
    unit_parts = UnitParts(facts, formula)
    found = list(windows(facts, formula, unit_parts.parts))
    looked_at = sorted({part for _, window in found for part in window}, key=lambda part: part.last_day)
    for period, window in found:
        for subject in subjects:
            if formula.over_units == "province_only" and subject.unit.parent_id is not None:
                continue
            sums = [part_sums(unit_parts, subject.members, part) for part in window]
            if any(one.is_touched for one in sums):
                yield _figure(unit_parts, subject, period, sums, looked_at)


def _figure(
    unit_parts: UnitParts,
    subject: Subject,
    period: Period,
    sums: Sequence[PartSums],
    looked_at: Sequence[Period],
) -> Figure:
    formula = unit_parts.formula
    sides = combined(unit_parts, sums)
    reason = _reason(unit_parts, subject.unit, sums, sides)
    state = "absent" if reason else completeness(sums)
    worst = least_covered(sums)
    low, high = interval(unit_parts, sums, looked_at) if state == "partial" else (None, None)
    return Figure(
        kpi_code=formula.kpi_code,
        formula_code=formula.formula_code,
        formula_version=formula.version,
        unit_id=subject.unit.unit_id,
        calendar_code=period.calendar_code,
        period_code=period.code,
        value=None if reason else rounded(quotient(formula, sides), formula.decimals),
        numerator=sides.numerator,
        denominator=sides.denominator,
        units_counted=worst.owing_counted if worst else 0,
        units_owed=worst.owing if worst else 0,
        coverage=_coverage(sums),
        data_state=state,
        reason=reason,
        value_low=low,
        value_high=high,
    )


def _reason(unit_parts: UnitParts, unit: Unit, sums: Sequence[PartSums], sides: Sides) -> str | None:
    first, last = sums[0].part, sums[-1].part
    if not (unit.exists_on(first.last_day) and unit.exists_on(last.last_day)):
        return "not_comparable"
    return nothing_above(unit_parts.formula, sums, sides) or nothing_below(sides)


def nothing_above(formula: Formula, sums: Sequence[PartSums], sides: Sides) -> str | None:
    """Return why nothing stands above the line, or why it must not."""
    if formula.missing_mode in NULL_MODES and any(one.is_spoilt for one in sums):
        return "missing_part"
    if sides.numerator is None:
        return "missing_part" if any(one.lacks_a_term for one in sums) else "no_data"
    if any(_is_gap(formula, one) for one in sums):
        return "missing_period"
    return None


def _is_gap(formula: Formula, sums: PartSums) -> bool:
    """A part nobody counted in; in a year to date a silence that was owed is none."""
    return not sums.counted and (formula.span != "year_to_date" or not sums.owing)


def nothing_below(sides: Sides) -> str | None:
    """Return why nothing can be divided."""
    if not sides.has_line:
        return None
    if sides.denominator is None:
        return "missing_part"
    return "denominator_zero" if sides.denominator == 0 else None


def completeness(sums: Sequence[PartSums]) -> str:
    """Return whether everybody who owed counted."""
    return "complete" if all(one.owing_counted == one.owing for one in sums) else "partial"


def least_covered(sums: Sequence[PartSums]) -> PartSums | None:
    """Return the part with the smallest share of those who owed it; the latest of several."""
    owed = [one for one in reversed(sums) if one.owing]
    return min(
        owed, key=lambda one: (Fraction(one.owing_counted, one.owing), one.owing_counted), default=None
    )


def _coverage(sums: Sequence[PartSums]) -> Fraction | None:
    owing = sum(one.owing for one in sums)
    counted = sum(one.owing_counted for one in sums)
    return rounded(Fraction(counted, owing), COVERAGE_DECIMALS) if owing else None
