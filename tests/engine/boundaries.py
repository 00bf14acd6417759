"""A second implementation of figures on current boundaries, from docs/decisions/0014-units-in-time.md alone.

What each unit reported itself in a part goes, by the share that went over, to the unit that is there on the night's
day and to all above it; then the parts are made a figure as ever. Which rows there are: a unit that is there has one
for a window with a part that ended before the newest event by which a unit became another one, when somebody who went
there owed or answered a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.engine.facts import Facts, Formula, Period, Unit
from tests.engine.naive import completeness, least_covered, nothing_above, nothing_below
from tests.engine.sums import PartSums, Sides, combined, quotient, rounded, summed, taken
from tests.engine.unit_parts import UnitPart, UnitParts
from tests.engine.windows import windows

Row = dict[str, Any]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Succession:
    """What became of a unit on a day: one of those it went to, and which share; None when nobody knows."""

    day: date
    before: str
    after: str
    share: Fraction | None
    is_confirmed: bool


@dataclass(frozen=True)
class Holding:
    """Which share of an earlier unit lies in a unit that is there now."""

    share: Fraction | None
    is_confirmed: bool


@dataclass(frozen=True)
class Carried:
    """What an earlier unit was worth in a part, and how much of it a unit of now holds."""

    worth: UnitPart
    holding: Holding


class Territories:
    """Where every unit lies on a day."""

    def __init__(self, units: Sequence[Unit], successions: Sequence[Succession], day: date) -> None:
        self._units = {unit.unit_id: unit for unit in units}
        self._successions, self._day = successions, day
        self.last_change = max(one.day for one in successions)

    def holders(self, unit_id: str) -> dict[str, Holding]:
        """Return every unit of the day that holds something of a unit, those above its heirs included."""
        heirs = self._heirs(unit_id)
        above = {one: self._with_those_above(one) for one in heirs}
        holders = {one for family in above.values() for one in family}
        return {
            holder: _holding([heirs[one] for one in heirs if holder in above[one]], len(heirs))
            for holder in holders
        }

    def _heirs(self, unit_id: str) -> dict[str, Holding]:
        unit = self._units[unit_id]
        if unit.exists_on(self._day):
            return {unit_id: Holding(Fraction(1), is_confirmed=True)}
        steps = [one for one in self._successions if one.before == unit_id]
        if steps:
            return _added_up((step, self._heirs(step.after)) for step in steps)
        heirs = self._heirs(str(unit.parent_id))
        share = Fraction(1) if len(heirs) == 1 else None
        return {one: replace(known, share=share) for one, known in heirs.items()}

    def _with_those_above(self, unit_id: str) -> list[str]:
        parent_id = self._units[unit_id].parent_id
        return [unit_id, *(self._with_those_above(parent_id) if parent_id else ())]


def _added_up(ways: Iterator[tuple[Succession, dict[str, Holding]]]) -> dict[str, Holding]:
    found: dict[str, Holding] = {}
    for step, heirs in ways:
        for heir, known in heirs.items():
            one = Holding(_times(step.share, known.share), step.is_confirmed and known.is_confirmed)
            found[heir] = _sum([found[heir], one]) if heir in found else one
    return found


def _holding(heirs: Sequence[Holding], among: int) -> Holding:
    """Whoever holds all heirs holds the whole, however it was divided."""
    total = _sum(heirs)
    return replace(total, share=Fraction(1)) if len(heirs) == among else total


def _sum(holdings: Sequence[Holding]) -> Holding:
    shares = [one.share for one in holdings]
    known = [share for share in shares if share is not None]
    total = sum(known, Fraction(0)) if len(known) == len(shares) else None
    return Holding(total, all(one.is_confirmed for one in holdings))


def _times(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one * other


def carried_figures(
    facts: Facts, territories: Territories, confirmed: Mapping[tuple[str, int], bool]
) -> dict[Key, Row]:
    """Return every figure on the boundaries of a day by formula, unit and period."""
    holders = {unit.unit_id: territories.holders(unit.unit_id) for unit in facts.units}
    return {
        (formula.formula_code, unit.unit_id, period.code): row
        for formula in facts.formulas
        for unit in facts.units
        if formula.over_units != "province_only" or unit.parent_id is None
        for period, row in _rows_of(facts, territories, formula, unit.unit_id, holders, confirmed)
    }


def _rows_of(
    facts: Facts,
    territories: Territories,
    formula: Formula,
    holder: str,
    holders: Mapping[str, Mapping[str, Holding]],
    confirmed: Mapping[tuple[str, int], bool],
) -> Iterator[tuple[Period, Row]]:
    unit_parts = UnitParts(facts, formula)
    members = [unit for unit in facts.units if holder in holders[unit.unit_id]]
    for period, window in windows(facts, formula, unit_parts.parts):
        if window[0].last_day < territories.last_change:
            parts = [
                [
                    Carried(worth, holders[unit.unit_id][holder])
                    for unit in members
                    if (worth := unit_parts.at(unit, part)).owes or worth.answered
                ]
                for part in window
            ]
            if any(parts):
                yield (
                    period,
                    _row(unit_parts, window, parts, confirmed[formula.formula_code, formula.version]),
                )


def _row(
    unit_parts: UnitParts, window: Sequence[Period], parts: Sequence[Sequence[Carried]], is_confirmed: bool
) -> Row:
    formula = unit_parts.formula
    everybody = [one for part in parts for one in part]
    sums = [_part_sums(unit_parts, part, found) for part, found in zip(window, parts, strict=True)]
    is_carried = _can_be_carried(formula) and all(_share(formula, one) is not None for one in everybody)
    sides = combined(unit_parts, sums) if is_carried else Sides(None, None, unit_parts.has_line)
    reason = nothing_above(formula, sums, sides) or nothing_below(sides) if is_carried else "not_comparable"
    worst = least_covered(sums)
    return {
        "formula_version": formula.version,
        "value": None if reason else rounded(quotient(formula, sides), formula.decimals),
        "numerator": sides.numerator,
        "denominator": sides.denominator,
        "units_counted": worst.owing_counted if worst else 0,
        "units_owed": worst.owing if worst else 0,
        "data_state": "absent" if reason else completeness(sums),
        "reason": reason,
        "confirmed": is_confirmed and all(one.holding.is_confirmed for one in everybody),
        "is_estimate": is_carried and any(one.holding.share != 1 for one in everybody),
    }


def _can_be_carried(formula: Formula) -> bool:
    return formula.over_units != "last" and formula.over_time not in ("max", "min")


def _share(formula: Formula, one: Carried) -> Fraction | None:
    """Sides that are products are not divided."""
    share = one.holding.share
    return None if formula.over_units == "weighted" and share != 1 else share


def _part_sums(unit_parts: UnitParts, part: Period, found: Sequence[Carried]) -> PartSums:
    formula = unit_parts.formula
    counted = [one for one in found if one.worth.counts]
    believed = {one.unit for one in taken(formula, [one.worth for one in counted])}
    return PartSums(
        part=part,
        sides=summed(
            [_sides(unit_parts, one) for one in counted if one.worth.unit in believed],
            has_line=unit_parts.has_line,
        ),
        counted=len(counted),
        owing=sum(one.worth.owes for one in found),
        missing=tuple(one.worth.unit for one in found if one.worth.owes and not one.worth.counts),
        is_touched=bool(found),
        is_spoilt=any(one.worth.spoils_sums for one in found),
        lacks_a_term=any(one.worth.lacks_a_term for one in found),
    )


def _sides(unit_parts: UnitParts, one: Carried) -> Sides:
    share = _share(unit_parts.formula, one)
    return Sides(
        _times(one.worth.numerator, share), _times(one.worth.denominator, share), unit_parts.has_line
    )
