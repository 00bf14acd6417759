"""Rules of dated units and the events between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Unit, UnitAlias, UnitEvent
from kpi_reporting.registry.places import covers, overlap, overlapping, problem_at
from kpi_reporting.registry.registry import Registry
from kpi_reporting.text import match_key

_ONE_SIDED = {"create": "to_unit_id", "close": "from_unit_id"}
_SIDES = ("from_unit_id", "to_unit_id")


def _by_id(draft: Draft) -> dict[str, Unit]:
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
    units = _by_id(draft)
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


def events_name_their_sides(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A close has no successor, a create no predecessor, everything else has both."""
    for number, event in draft.rows(UnitEvent):
        only = _ONE_SIDED.get(event.kind)
        for side in _SIDES:
            wanted = only in (None, side)
            if wanted != (getattr(event, side) is not None):
                message = f"an event of the kind {event.kind} {'needs' if wanted else 'has no'} {side}"
                yield problem_at(event, number, side, "event", message)


def events_meet_their_units(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The unit before ends the day before the event, the unit after begins with it."""
    units = _by_id(draft)
    for number, event in draft.rows(UnitEvent):
        before, after = units.get(event.from_unit_id or ""), units.get(event.to_unit_id or "")
        if before and before.valid_to != event.effective_day - timedelta(days=1):
            message = (
                f"the unit's last day is {before.valid_to or 'open'}; the event is on {event.effective_day}"
            )
            yield problem_at(event, number, "from_unit_id", "event", message)
        if after and after.valid_from != event.effective_day:
            message = f"the unit's first day is {after.valid_from}; the event is on {event.effective_day}"
            yield problem_at(event, number, "to_unit_id", "event", message)


def shares_make_a_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """When every share of a divided unit is known, they add up to 1."""
    parts: dict[str, list[tuple[int, UnitEvent]]] = defaultdict(list)
    for number, event in draft.rows(UnitEvent):
        if event.from_unit_id and event.to_unit_id:
            parts[event.from_unit_id].append((number, event))
    for unit_id, events in parts.items():
        shares = [event.share for _, event in events if event.share is not None]
        if len(shares) == len(events) and sum(shares) != Decimal(1):
            number, event = events[-1]
            message = f"the shares of {unit_id} add up to {sum(shares)}, not 1"
            yield problem_at(event, number, "share", "shares", message)


def aliases_mean_one_unit_a_day(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day an alias means at most one unit."""
    units, seen = _by_id(draft), defaultdict[str, list[tuple[int, Unit]]](list)
    for number, row in draft.rows(UnitAlias):
        unit = units.get(row.unit_id)
        if unit is None:
            continue
        for earlier, other in seen[match_key(row.alias)]:
            if other.unit_id != unit.unit_id and overlap(unit, other):
                message = f"the alias already means {other.unit_id} in row {earlier} on some of these days"
                yield problem_at(row, number, "alias", "overlap", message)
        seen[match_key(row.alias)].append((number, unit))


RULES = (
    identifiers_tell_code_and_day,
    codes_mean_one_unit_a_day,
    parents_hold,
    parents_do_not_turn_round,
    events_name_their_sides,
    events_meet_their_units,
    shares_make_a_whole,
    aliases_mean_one_unit_a_day,
)
