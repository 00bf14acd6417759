"""Rules of the events between dated units: every beginning and end has one, and its two sides meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Unit, UnitEvent
from kpi_reporting.registry.places import problem_at
from kpi_reporting.registry.registry import Registry
from kpi_reporting.registry.unit_rules import units_by_id
from kpi_reporting.units import SAME_TERRITORY

_ONE_SIDED = {"create": "to_unit_id", "close": "from_unit_id"}
_SIDES = ("from_unit_id", "to_unit_id")
_CHANGED_BY = {"rename": "name_vi", "recode": "code", "move": "parent_id"}
_Events = list[tuple[int, UnitEvent]]


def _beside(draft: Draft, side: str) -> dict[str, _Events]:
    """The events of each unit that stands on a side of them."""
    groups: dict[str, _Events] = defaultdict(list)
    for number, event in draft.rows(UnitEvent):
        if getattr(event, side) is not None:
            groups[getattr(event, side)].append((number, event))
    return groups


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
    units = units_by_id(draft)
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


def events_do_not_turn_round(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Nothing becomes itself again."""
    leaving = _beside(draft, "from_unit_id")
    for unit_id, events in leaving.items():
        seen, waiting = set[str](), [unit_id]
        while waiting:
            for _, event in leaving.get(waiting.pop(), ()):
                if event.to_unit_id and event.to_unit_id not in seen:
                    seen.add(event.to_unit_id)
                    waiting.append(event.to_unit_id)
        if unit_id in seen:
            number, event = events[0]
            yield problem_at(event, number, "from_unit_id", "cycle", "the unit becomes itself again")


def units_open_and_close_by_events(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A unit that begins after the first known day of its kind, or ends, does so by an event."""
    arrived, left = (draft.written("unit_events", side) for side in ("to_unit_id", "from_unit_id"))
    known_from: dict[str, date] = {}
    for _, unit in draft.rows(Unit):
        known_from[unit.kind] = min(known_from.get(unit.kind, date.max), unit.valid_from)
    for number, unit in draft.rows(Unit):
        if unit.valid_from > known_from[unit.kind] and (unit.unit_id,) not in arrived:
            message = "the unit begins without an event; unit_events.csv says where it comes from, or create"
            yield problem_at(unit, number, "valid_from", "opening", message)
        if unit.valid_to and (unit.unit_id,) not in left:
            message = "the unit ends without an event; unit_events.csv says what became of it, or close"
            yield problem_at(unit, number, "valid_to", "closing", message)


def units_end_in_one_way(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """All rows about the end of a unit are of one kind, and as many as the kind asks for."""
    for events in _beside(draft, "from_unit_id").values():
        number, event = events[-1]
        kinds = {event.kind for _, event in events}
        if len(kinds) > 1:
            message = f"the unit ends in several ways: {', '.join(sorted(kinds))}"
            yield problem_at(event, number, "kind", "one_end", message)
        elif event.kind == "split" and len(events) == 1:
            yield problem_at(event, number, "kind", "one_end", "a unit is split into two or more")
        elif event.kind not in ("split", "redraw") and len(events) > 1:
            message = f"a {event.kind} has one row; a unit divided among several is a split or a redraw"
            yield problem_at(event, number, "kind", "one_end", message)


def units_begin_in_one_way(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A created unit comes from nowhere, and one that keeps its territory from one unit alone."""
    for events in _beside(draft, "to_unit_id").values():
        for number, event in events:
            if len(events) > 1 and event.kind in ("create", *SAME_TERRITORY):
                message = f"the unit begins with a {event.kind}, and with other events too"
                yield problem_at(event, number, "kind", "one_beginning", message)


def changes_are_seen(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """After a rename the name is another, after a recode the code, after a move the parent."""
    units = units_by_id(draft)
    for number, event in draft.rows(UnitEvent):
        before, after = units.get(event.from_unit_id or ""), units.get(event.to_unit_id or "")
        column = _CHANGED_BY.get(event.kind)
        if before and after and column and getattr(before, column) == getattr(after, column):
            message = (
                f"both units have the {column} {getattr(after, column)!r}, so nothing shows a {event.kind}"
            )
            yield problem_at(event, number, "kind", "change", message)


def redrawings_have_several_sides(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Several units were redrawn into several others; anything less is a merge or a split."""
    groups: dict[str, _Events] = defaultdict(list)
    for number, event in draft.rows(UnitEvent):
        if event.kind == "redraw":
            groups[event.event_id].append((number, event))
    for events in groups.values():
        number, event = events[0]
        for side in _SIDES:
            if len({getattr(event, side) for _, event in events}) == 1:
                message = "a redraw has two units or more on each side; otherwise it is a merge or a split"
                yield problem_at(event, number, side, "event", message)


RULES = (
    events_name_their_sides,
    events_meet_their_units,
    events_do_not_turn_round,
    units_open_and_close_by_events,
    units_end_in_one_way,
    units_begin_in_one_way,
    changes_are_seen,
    redrawings_have_several_sides,
)
