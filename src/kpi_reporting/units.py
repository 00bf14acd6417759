"""Units through time: who existed on a day, what belongs to what, and what became of whom.

A code means a territory only together with a date, so everything here speaks of dated units
(``unit_id`` = code, '@', first day). Decision 124/2004/QĐ-TTg lets a new unit take the code of an old one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact
from typing import Generic, Protocol, TypeVar

from kpi_reporting.errors import UnitError
from kpi_reporting.text import match_key

SAME_TERRITORY = frozenset({"rename", "recode", "move"})
"""Kinds of events after which the unit has the territory it had before."""

EVENT_SHARE = "event"
"""The kind of share that stands beside the event itself."""

# Shares are multiplied along chains; a digit that does not fit is an error, never rounded away.
_EXACT = Context(prec=1000, traps=[Inexact])


class _UnitRow(Protocol):
    @property
    def unit_id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name_vi(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...
    def holds_on(self, day: date) -> bool: ...


class _EventRow(Protocol):
    @property
    def effective_day(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def from_unit_id(self) -> str | None: ...
    @property
    def to_unit_id(self) -> str | None: ...
    @property
    def share(self) -> Decimal | None: ...
    @property
    def confirmed(self) -> bool: ...


class _ShareRow(Protocol):
    @property
    def from_unit_id(self) -> str: ...
    @property
    def to_unit_id(self) -> str: ...
    @property
    def share_kind(self) -> str: ...
    @property
    def share(self) -> Decimal | None: ...
    @property
    def confirmed(self) -> bool: ...


class _LateFilerRow(Protocol):
    @property
    def unit_id(self) -> str: ...
    @property
    def filer_unit_id(self) -> str: ...


class _AliasRow(Protocol):
    @property
    def alias(self) -> str: ...
    @property
    def unit_id(self) -> str: ...


_Unit = TypeVar("_Unit", bound=_UnitRow)


@dataclass(frozen=True)
class Successor:
    """A unit that took over a part of another.

    ``share`` is None where the part is not known; ``confirmed`` is False where an event or a share on the way
    awaits confirmation.
    """

    unit_id: str
    share: Decimal | None
    confirmed: bool = True


class UnitHistory(Generic[_Unit]):
    """The units of a registry, by day, by name, and connected through their events."""

    def __init__(
        self,
        units: Sequence[_Unit],
        events: Iterable[_EventRow] = (),
        aliases: Iterable[_AliasRow] = (),
        shares: Iterable[_ShareRow] = (),
        late_filers: Iterable[_LateFilerRow] = (),
    ) -> None:
        self._units = units
        self._by_id = {unit.unit_id: unit for unit in units}
        self._by_code = _grouped((unit.code, unit) for unit in units)
        self._by_name = _grouped(self._names(aliases))
        self._leaving = _grouped((e.from_unit_id, e) for e in events if e.from_unit_id)
        self._shares = {(row.share_kind, row.from_unit_id, row.to_unit_id): row for row in shares}
        self._late_filers = {row.unit_id: row.filer_unit_id for row in late_filers}

    def _names(self, aliases: Iterable[_AliasRow]) -> Iterator[tuple[str, _Unit]]:
        for unit in self._units:
            yield match_key(unit.name_vi), unit
        for row in aliases:
            if row.unit_id in self._by_id:
                yield match_key(row.alias), self._by_id[row.unit_id]

    def __getitem__(self, unit_id: str) -> _Unit:
        """Return a dated unit.

        Raises:
            UnitError: there is none with this identifier.
        """
        if unit_id not in self._by_id:
            raise UnitError(f"There is no unit {unit_id!r}; write a unit as code@first-day.")
        return self._by_id[unit_id]

    def get(self, unit_id: str) -> _Unit | None:
        """Return a dated unit, or None when there is none with this identifier."""
        return self._by_id.get(unit_id)

    def units_on(self, day: date, kind: str | None = None) -> tuple[_Unit, ...]:
        """Return the units that exist on a day, all or those of a kind."""
        return tuple(unit for unit in self._units if unit.holds_on(day) and kind in (None, unit.kind))

    def by_code(self, code: str, day: date) -> _Unit | None:
        """Return the unit that a code means on a day, or None."""
        return next((unit for unit in self._by_code[code] if unit.holds_on(day)), None)

    def by_name(self, name: str, day: date, within: str | None = None) -> tuple[_Unit, ...]:
        """Return every unit that a name or alias can mean on a day, optionally below the unit ``within``.

        More than one is an ambiguity for the caller to report: communes of different districts share names.
        """
        found = {unit.unit_id: unit for unit in self._by_name[match_key(name)] if unit.holds_on(day)}
        return tuple(unit for unit in found.values() if within is None or self._is_below(unit, within))

    @property
    def names(self) -> Iterator[tuple[str, _Unit]]:
        """Return every name and alias, folded by `match_key`, with each unit that ever had it."""
        return ((name, unit) for name, units in self._by_name.items() for unit in units)

    def ancestors(self, unit_id: str) -> tuple[_Unit, ...]:
        """Return the units above a unit, nearest first; a parent holds on all days of its children."""
        chain: list[_Unit] = []
        parent_id = self[unit_id].parent_id
        while parent_id is not None:
            chain.append(self[parent_id])
            parent_id = chain[-1].parent_id
        return tuple(chain)

    def _is_below(self, unit: _Unit, unit_id: str) -> bool:
        return any(above.unit_id == unit_id for above in self.ancestors(unit.unit_id))

    @property
    def share_kinds(self) -> tuple[str, ...]:
        """Every kind of share there is, first that of the events."""
        return (EVENT_SHARE, *sorted({kind for kind, _, _ in self._shares}))

    @property
    def boundary_days(self) -> tuple[date, ...]:
        """Return the days from which another set of units holds, in order."""
        opened = {unit.valid_from for unit in self._units}
        after = {unit.valid_to + timedelta(days=1) for unit in self._units if unit.valid_to}
        return tuple(sorted(opened | after))

    def crosswalk(self, day: date, share_kind: str = EVENT_SHARE) -> Iterator[tuple[str, Successor]]:
        """Yield every unit known by a day with each unit it is, or has become, on that day."""
        for unit in self._units:
            if unit.valid_from <= day:
                for successor in self.successors(unit.unit_id, day, share_kind):
                    yield unit.unit_id, successor

    def successors(self, unit_id: str, day: date, share_kind: str = EVENT_SHARE) -> tuple[Successor, ...]:
        """Return what a unit has become by a day, through every event in between.

        A share is None when an event on the way does not say how much went over. Nothing is returned for a
        unit that was closed without a known successor.
        """
        if self[unit_id].holds_on(day):
            return (Successor(unit_id, Decimal(1)),)
        parts = [
            _part(self._step(event, share_kind), later)
            for event in self._leaving[unit_id]
            if event.to_unit_id and event.effective_day <= day
            for later in self.successors(event.to_unit_id, day, share_kind)
        ]
        groups = _grouped((part.unit_id, part) for part in parts)
        return tuple(_together(groups[to_unit_id]) for to_unit_id in sorted(groups))

    def _step(self, event: _EventRow, share_kind: str) -> Successor:
        """What one event hands over; a unit that went over whole did so by every measure."""
        to_unit_id = event.to_unit_id or ""
        if share_kind == EVENT_SHARE or event.share == 1:
            return Successor(to_unit_id, event.share, event.confirmed)
        row = self._shares.get((share_kind, event.from_unit_id or "", to_unit_id))
        if row is None:
            return Successor(to_unit_id, None, confirmed=False)
        return Successor(to_unit_id, row.share, event.confirmed and row.confirmed)

    def filer_of(self, unit_id: str, day: date) -> _Unit | None:
        """Return who files for a unit on a day: itself, after its end the only one it became, or the one named.

        None when it became several units, or none, and the registry names nobody.
        """
        if self[unit_id].holds_on(day):
            return self[unit_id]
        named = self._late_filers.get(unit_id)
        heirs = [named] if named else self._heirs(unit_id, day)
        filers = [self.filer_of(heir, day) for heir in heirs]
        same = {None if filer is None else filer.unit_id for filer in filers}
        return filers[0] if len(same) == 1 else None

    def _heirs(self, unit_id: str, day: date) -> list[str]:
        events = self._leaving[unit_id]
        return [event.to_unit_id for event in events if event.to_unit_id and event.effective_day <= day]

    def filed_for(self, filer_id: str, period_day: date, day: date) -> tuple[_Unit, ...]:
        """Return the units of a period's day for which a unit files on a later day."""
        filers = ((unit, self.filer_of(unit.unit_id, day)) for unit in self.units_on(period_day))
        return tuple(unit for unit, filer in filers if filer is not None and filer.unit_id == filer_id)

    def same_territory(self, first_id: str, second_id: str) -> bool:
        """Tell whether two dated units are one territory: nothing but names, codes or parents changed."""
        return second_id in self._unchanged(first_id) or first_id in self._unchanged(second_id)

    def _unchanged(self, unit_id: str) -> Iterator[str]:
        yield self[unit_id].unit_id
        events = self._leaving[unit_id]
        if len(events) == 1 and events[0].kind in SAME_TERRITORY and events[0].to_unit_id:
            yield from self._unchanged(events[0].to_unit_id)


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, list[_Value]]:
    groups: dict[_Key, list[_Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _part(step: Successor, later: Successor) -> Successor:
    """Two steps as one."""
    known = step.share is not None and later.share is not None
    share = _EXACT.multiply(step.share or 0, later.share or 0) if known else None
    return Successor(later.unit_id, share, step.confirmed and later.confirmed)


def _together(parts: Sequence[Successor]) -> Successor:
    """Parts that reached one unit on several ways."""
    share: Decimal | None = Decimal(0)
    for part in parts:
        share = None if share is None or part.share is None else _EXACT.add(share, part.share)
    exact = None if share is None else _EXACT.normalize(share)
    return Successor(parts[0].unit_id, exact, all(part.confirmed for part in parts))
