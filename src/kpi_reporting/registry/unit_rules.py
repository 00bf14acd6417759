"""Rules of dated units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Unit, UnitAlias
from kpi_reporting.registry.places import covers, overlap, overlapping, problem_at
from kpi_reporting.registry.registry import Registry
from kpi_reporting.text import match_key

_DEEPEST_LEVEL = 3  # int_part_sides_level_0 to _3


def units_by_id(draft: Draft) -> dict[str, Unit]:
    """Return the units whose rows keep their schema."""
    return {unit.unit_id: unit for _, unit in draft.rows(Unit)}


def identifiers_tell_code_and_day(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A dated unit is named by its code and its first day."""
    for number, unit in draft.rows(Unit):
        expected = f"{unit.code}@{unit.valid_from}"
        if unit.unit_id != expected:
            yield problem_at(
                unit, number, "unit_id", "unit_id", f"must be {expected!r}, from code and valid_from"
            )


def codes_mean_one_unit_a_day(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a code means at most one unit."""
    for number, unit, earlier in overlapping(draft.rows(Unit), lambda unit: unit.code):
        message = f"code {unit.code} already means the unit in row {earlier} on some of these days"
        yield problem_at(unit, number, "valid_from", "overlap", message)


def parents_hold(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A parent exists on every day of its children."""
    units = units_by_id(draft)
    for number, unit in draft.rows(Unit):
        parent = units.get(unit.parent_id or "")
        if parent and not covers(parent, unit):
            message = f"the parent holds {parent.valid_from} to {parent.valid_to or 'open'} only"
            yield problem_at(unit, number, "parent_id", "parent", message)


def parents_do_not_turn_round(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Nobody is above itself."""
    parents = {unit.unit_id: unit.parent_id for _, unit in draft.rows(Unit)}
    for number, unit in draft.rows(Unit):
        seen, above = set[str](), unit.parent_id
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if unit.unit_id in seen:
            yield problem_at(unit, number, "parent_id", "cycle", "the unit stands above itself")


def aliases_mean_one_unit_a_day(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day an alias means at most one unit."""
    units, seen = units_by_id(draft), defaultdict[str, list[tuple[int, Unit]]](list)
    for number, row in draft.rows(UnitAlias):
        unit = units.get(row.unit_id)
        if unit is None:
            continue
        for earlier, other in seen[match_key(row.alias)]:
            if other.unit_id != unit.unit_id and overlap(unit, other):
                message = f"the alias already means {other.unit_id} in row {earlier} on some of these days"
                yield problem_at(row, number, "alias", "overlap", message)
        seen[match_key(row.alias)].append((number, unit))


def hierarchy_is_not_deeper_than_the_sums(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """No unit stands lower than the lowest level the models add up."""
    parents = {unit.unit_id: unit.parent_id for _, unit in draft.rows(Unit)}
    for number, unit in draft.rows(Unit):
        chain: list[str] = []
        above = unit.parent_id
        while above is not None and above not in chain:
            chain.append(above)
            above = parents.get(above)
        if above is None and len(chain) > _DEEPEST_LEVEL:
            message = f"{len(chain)} units stand above the unit; sums are kept for {_DEEPEST_LEVEL}"
            yield problem_at(unit, number, "parent_id", "depth", message)


RULES = (
    identifiers_tell_code_and_day,
    codes_mean_one_unit_a_day,
    parents_hold,
    parents_do_not_turn_round,
    hierarchy_is_not_deeper_than_the_sums,
    aliases_mean_one_unit_a_day,
)
