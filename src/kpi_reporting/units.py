"""Units through time: who existed on a day, what belongs to what, and what became of whom.

A code means a territory only together with a date, so everything here speaks of dated units
(``unit_id`` = code, '@', first day). Decision 124/2004/QĐ-TTg lets a new unit take the code of an old one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from kpi_reporting.errors import UnitError
from kpi_reporting.text import match_key

_SAME_TERRITORY = frozenset({"rename", "recode", "move"})


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


class _AliasRow(Protocol):
    @property
    def alias(self) -> str: ...
    @property
    def unit_id(self) -> str: ...


_Unit = TypeVar("_Unit", bound=_UnitRow)


@dataclass(frozen=True)
class Successor:
    """A unit that took over a part of another; ``share`` is None where the part is not known."""

    unit_id: str
    share: Decimal | None


class UnitHistory(Generic[_Unit]):
    """The units of a registry, by day, by name, and connected through their events."""

    def __init__(
        self, units: Sequence[_Unit], events: Iterable[_EventRow] = (), aliases: Iterable[_AliasRow] = ()
    ) -> None:
        self._units = units
        self._by_id = {unit.unit_id: unit for unit in units}
        self._by_code = _grouped((unit.code, unit) for unit in units)
        self._by_name = _grouped(self._names(aliases))
        self._leaving = _grouped((e.from_unit_id, e) for e in events if e.from_unit_id)

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

    def successors(self, unit_id: str, day: date) -> tuple[Successor, ...]:
        """Return what a unit has become by a day, through every event in between.

        A share is None when an event on the way does not say how much went over. Nothing is returned for a
        unit that was closed without a known successor.
        """
        if self[unit_id].holds_on(day):
            return (Successor(unit_id, Decimal(1)),)
        total: dict[str, Decimal | None] = {}
        for event in self._leaving[unit_id]:
            if event.to_unit_id and event.effective_day <= day:
                for later in self.successors(event.to_unit_id, day):
                    total[later.unit_id] = _add(total, later, event.share)
        return tuple(Successor(*item) for item in sorted(total.items()))

    def same_territory(self, first_id: str, second_id: str) -> bool:
        """Tell whether two dated units are one territory: nothing but names, codes or parents changed."""
        return second_id in self._unchanged(first_id) or first_id in self._unchanged(second_id)

    def _unchanged(self, unit_id: str) -> Iterator[str]:
        yield self[unit_id].unit_id
        events = self._leaving[unit_id]
        if len(events) == 1 and events[0].kind in _SAME_TERRITORY and events[0].to_unit_id:
            yield from self._unchanged(events[0].to_unit_id)


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, list[_Value]]:
    groups: dict[_Key, list[_Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _add(total: dict[str, Decimal | None], part: Successor, share: Decimal | None) -> Decimal | None:
    before = total.get(part.unit_id, Decimal(0))
    if before is None or part.share is None or share is None:
        return None
    return before + part.share * share
