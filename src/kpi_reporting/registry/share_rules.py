"""Rules of shares of divided units, and of who files for units that are gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Indicator, LateFiler, UnitEvent, UnitShare
from kpi_reporting.registry.places import problem_at
from kpi_reporting.registry.registry import Registry
from kpi_reporting.registry.unit_rules import units_by_id
from kpi_reporting.units import EVENT_SHARE, SAME_TERRITORY

_ONE_SIDED = ("create", "close")


def events_share_as_their_kind_says(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Nothing is shared where nobody stands on the other side; what keeps its territory keeps all of it."""
    for number, event in draft.rows(UnitEvent):
        if event.kind in _ONE_SIDED and event.share is not None:
            yield problem_at(event, number, "share", "shares", f"a {event.kind} has no share")
        if event.kind in SAME_TERRITORY and event.share != 1:
            message = f"a {event.kind} changes no territory; its share is 1"
            yield problem_at(event, number, "share", "shares", message)


def event_shares_make_a_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The shares of a unit add up to 1, or all of them are unknown and marked as unconfirmed."""
    parts: dict[str, list[tuple[int, UnitEvent]]] = defaultdict(list)
    for number, event in draft.rows(UnitEvent):
        if event.from_unit_id and event.to_unit_id and event.kind not in SAME_TERRITORY:
            parts[event.from_unit_id].append((number, event))
    for unit_id, events in parts.items():
        unknown = [(number, event) for number, event in events if event.share is None]
        if len(unknown) == len(events):
            yield from _known_but_missing(unknown)
        elif unknown:
            message = f"some shares of {unit_id} are given and others not; give all of them, or none"
            yield problem_at(unknown[0][1], unknown[0][0], "share", "shares", message)
        else:
            yield from _not_whole(unit_id, events)


def _known_but_missing(events: list[tuple[int, UnitEvent]]) -> Iterator[Problem]:
    for number, event in events:
        if event.confirmed:
            message = (
                "the event is confirmed without a share; an unknown share is empty and confirmed is false"
            )
            yield problem_at(event, number, "share", "shares", message)


def _not_whole(
    unit_id: str, rows: list[tuple[int, UnitEvent]] | list[tuple[int, UnitShare]]
) -> Iterator[Problem]:
    whole = sum((row.share or Decimal(0) for _, row in rows), Decimal(0))
    if whole != 1:
        number, row = rows[-1]
        yield problem_at(row, number, "share", "shares", f"the shares of {unit_id} add up to {whole}, not 1")


def measured_shares_make_a_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Shares by a measure are given for all pairs of a unit that an event divides, and add up to 1."""
    pairs: dict[str, set[str]] = defaultdict(set)
    for _, event in draft.rows(UnitEvent):
        pairs[event.from_unit_id or ""].add(event.to_unit_id or "")
    parts: dict[tuple[str, str], list[tuple[int, UnitShare]]] = defaultdict(list)
    for number, row in draft.rows(UnitShare):
        if row.share_kind == EVENT_SHARE:
            message = f"{EVENT_SHARE} is the share in unit_events.csv; name a measure, such as population"
            yield problem_at(row, number, "share_kind", "share_kind", message)
        if row.to_unit_id not in pairs[row.from_unit_id]:
            message = f"no event makes {row.from_unit_id} into {row.to_unit_id}"
            yield problem_at(row, number, "to_unit_id", "reference", message)
        parts[row.from_unit_id, row.share_kind].append((number, row))
    for (unit_id, _), rows in parts.items():
        missing = pairs[unit_id] - {row.to_unit_id for _, row in rows}
        if missing:
            message = f"the {rows[0][1].share_kind} share of {', '.join(sorted(missing))} is missing"
            yield problem_at(rows[0][1], rows[0][0], "share", "shares", message)
        yield from _not_whole(unit_id, rows)


def indicators_follow_known_shares(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """An indicator follows a measure that shares are given by."""
    known = {EVENT_SHARE} | {row.share_kind for _, row in draft.rows(UnitShare)}
    for number, row in draft.rows(Indicator):
        if row.share_kind and row.share_kind not in known:
            message = f"unit_shares.csv has no share of the kind {row.share_kind!r}"
            yield problem_at(row, number, "share_kind", "reference", message)


def late_filers_outlive_their_units(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Who files for a closed unit exists on the day after its end."""
    units = units_by_id(draft)
    for number, row in draft.rows(LateFiler):
        unit, filer = units.get(row.unit_id), units.get(row.filer_unit_id)
        if unit and unit.valid_to is None:
            yield problem_at(row, number, "unit_id", "late_filer", "the unit exists and files for itself")
        elif unit and unit.valid_to and filer and not filer.holds_on(unit.valid_to + timedelta(days=1)):
            message = f"the filer does not exist on the day after {unit.valid_to}, the unit's last day"
            yield problem_at(row, number, "filer_unit_id", "late_filer", message)


RULES = (
    events_share_as_their_kind_says,
    event_shares_make_a_whole,
    measured_shares_make_a_whole,
    indicators_follow_known_shares,
    late_filers_outlive_their_units,
)
