"""Where a partial figure would lie had the missing units reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from tests.engine.facts import Period, Unit
from tests.engine.sums import PartSums, Sides, over_time, quotient, rounded, summed
from tests.engine.unit_parts import UnitParts

PARTS_BEFORE = 12

Interval = tuple[Fraction | None, Fraction | None]
Choose = Callable[[Sequence[tuple[Fraction, int]]], tuple[Fraction, int]]


def interval(unit_parts: UnitParts, sums: Sequence[PartSums], looked_at: Sequence[Period]) -> Interval:
    """Return both ends, or two Nones for a formula, or a missing unit, that has none.

    ``looked_at`` are the parts of any window of the formula version, in time order.
    """
    formula = unit_parts.formula
    if formula.over_units not in ("sum", "weighted") or formula.over_time in ("max", "min"):
        return None, None
    values = [_filled_up(unit_parts, sums, looked_at, choose) for choose in (_lowest, _highest)]
    ends = sorted(value for value in values if value is not None)
    if len(ends) < len(values):
        return None, None
    return rounded(ends[0], formula.decimals), rounded(ends[1], formula.decimals)


def _lowest(ranked: Sequence[tuple[Fraction, int]]) -> tuple[Fraction, int]:
    return min(ranked, key=lambda one: (one[0], -one[1]))


def _highest(ranked: Sequence[tuple[Fraction, int]]) -> tuple[Fraction, int]:
    return max(ranked)


def _filled_up(
    unit_parts: UnitParts, sums: Sequence[PartSums], looked_at: Sequence[Period], choose: Choose
) -> Fraction | None:
    """Return the exact value with every missing unit added, or None when one of them has nothing to add."""
    filled = []
    for one in sums:
        before = [part for part in looked_at if part.last_day < one.part.last_day][-PARTS_BEFORE:]
        stand_ins = [_stand_in(unit_parts, unit, before, choose) for unit in one.missing]
        if None in stand_ins:
            return None
        known = [sides for sides in stand_ins if sides is not None]
        filled.append(summed([one.sides, *known], has_line=unit_parts.has_line))
    return quotient(unit_parts.formula, over_time(unit_parts, filled))


def _stand_in(unit_parts: UnitParts, unit: Unit, before: Sequence[Period], choose: Choose) -> Sides | None:
    """Return the sides of the earlier part that stands for a missed one."""
    counted = [one for one in (unit_parts.at(unit, part) for part in before) if one.counts]
    sides = [Sides(one.numerator, one.denominator, unit_parts.has_line) for one in counted]
    values = [(quotient(unit_parts.formula, one), place) for place, one in enumerate(sides)]
    ranked = [(value, place) for value, place in values if value is not None]
    return sides[choose(ranked)[1]] if ranked else None
