"""From units to a unit with all below it, and from parts to a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from tests.engine.facts import Formula, Period, Unit
from tests.engine.unit_parts import UnitPart, UnitParts

_NEVER = (datetime.min.replace(tzinfo=UTC), 0)


@dataclass(frozen=True)
class Sides:
    """What stands above and below the line; without a line the figure is what stands above."""

    numerator: Fraction | None
    denominator: Fraction | None
    has_line: bool


@dataclass(frozen=True)
class PartSums:
    """A unit and those below it in one part; ``missing`` are the owing units that do not count."""

    part: Period
    sides: Sides
    counted: int
    owing: int
    missing: tuple[Unit, ...]
    is_touched: bool
    is_spoilt: bool
    lacks_a_term: bool

    @property
    def owing_counted(self) -> int:
        return self.owing - len(self.missing)


def part_sums(unit_parts: UnitParts, members: Sequence[Unit], part: Period) -> PartSums:
    """Return the sums of some units in a part."""
    family = [unit_parts.at(unit, part) for unit in members]
    counted = taken(unit_parts.formula, [one for one in family if one.counts])
    return PartSums(
        part=part,
        sides=summed([_sides(unit_parts, one) for one in counted], has_line=unit_parts.has_line),
        counted=len(counted),
        owing=sum(one.owes for one in family),
        missing=tuple(one.unit for one in family if one.owes and not one.counts),
        is_touched=any(one.owes or one.answered for one in family),
        is_spoilt=any(one.spoils_sums for one in family),
        lacks_a_term=any(one.lacks_a_term for one in family),
    )


def taken(formula: Formula, counted: list[UnitPart]) -> list[UnitPart]:
    """Return those of the counted units whose sides are taken."""
    if formula.over_units == "last" and counted:
        return [max(counted, key=lambda one: one.received or _NEVER)]
    if formula.over_units == "province_only" and any(one.owes for one in counted):
        return [one for one in counted if one.owes]
    return counted


def _sides(unit_parts: UnitParts, one: UnitPart) -> Sides:
    return Sides(one.numerator, one.denominator, unit_parts.has_line)


def summed(sides: Sequence[Sides], *, has_line: bool) -> Sides:
    """Add up both sides, each null when nobody brings a value."""
    above = [one.numerator for one in sides if one.numerator is not None]
    below = [one.denominator for one in sides if one.denominator is not None]
    return Sides(
        sum(above, Fraction(0)) if above else None, sum(below, Fraction(0)) if below else None, has_line
    )


def combined(unit_parts: UnitParts, sums: Sequence[PartSums]) -> Sides:
    """Return both sides of a window."""
    return over_time(unit_parts, [one.sides for one in sums])


def over_time(unit_parts: UnitParts, parts: Sequence[Sides]) -> Sides:
    """Return both sides of the parts of a window, given in time order."""
    formula = unit_parts.formula
    if formula.over_time == "last":
        return parts[-1]
    if formula.over_time in ("max", "min"):
        return _extreme(formula, parts, has_line=unit_parts.has_line)
    told = [one for one in parts if one.numerator is not None]
    total = summed(told, has_line=unit_parts.has_line)
    if formula.over_time == "average" and not unit_parts.has_line:
        return Sides(total.numerator, Fraction(len(told)) if told else None, has_line=True)
    return total


def _extreme(formula: Formula, parts: Sequence[Sides], *, has_line: bool) -> Sides:
    """Return the part with the extreme value, or the latest with a numerator when none has a value."""
    sign = 1 if formula.over_time == "max" else -1
    values = [(quotient(formula, one), place, one) for place, one in enumerate(parts)]
    ranked = [(sign * value, place, one) for value, place, one in values if value is not None]
    if ranked:
        return max(ranked, key=lambda one: one[:2])[2]
    told = [one for one in parts if one.numerator is not None]
    return told[-1] if told else Sides(None, None, has_line)


def quotient(formula: Formula, sides: Sides) -> Fraction | None:
    """Return the exact value of two sides, or None when they have none."""
    if sides.numerator is None:
        return None
    if not sides.has_line:
        return sides.numerator * formula.factor
    if not sides.denominator:
        return None
    return sides.numerator * formula.factor / sides.denominator


def rounded(value: Fraction | None, decimals: int) -> Fraction | None:
    """Round an exact value once, half away from zero."""
    if value is None:
        return None
    scale = 10**decimals
    whole = (abs(value) * scale + Fraction(1, 2)).__floor__()
    return Fraction(whole if value >= 0 else -whole, scale)
