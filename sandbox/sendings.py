"""What each sender sends for an obligation, and when: in time, late, twice, wrong, or not at all.

Who stands out is drawn anew for every form and period among all that owe it. The draw looks at nothing else, so a
later night adds files and changes none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from kpi_reporting.periods import Period, due_day
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import DueRule, UnitKind
from sandbox.faults import FAULTS, Fault
from sandbox.obligations import Obligation

IN_TIME, NEVER, ZIPPED = "in_time", "never", "zipped"
_COMMUNE_FAULTS = [name for name in FAULTS if name != "total_misses_a_row"]
# How many of those that owe a form for a period stand out, and how. A form of a few senders has none of them.
_STANDING_OUT: Mapping[UnitKind, Mapping[str, int]] = {
    UnitKind.COMMUNE: {
        "late": 4,
        "late_at_night": 2,
        NEVER: 2,
        "nil": 1,
        "corrected": 3,
        "sent_twice": 2,
        "left_open": 1,
        "legacy_font": 1,
        **dict.fromkeys(_COMMUNE_FAULTS, 1),
    },
    UnitKind.DISTRICT: {"late": 2, NEVER: 1, "corrected": 1, "held": 1, "total_misses_a_row": 1},
    UnitKind.DEPARTMENT: {"late": 1, "nil": 1, "corrected": 1},
}
# How many of those that owe more than one form for a period send two of them in one archive.
_SENDING_ARCHIVES: Mapping[UnitKind, int] = {UnitKind.DEPARTMENT: 1}
_MORNING, _AFTERNOON, _DAY = (7, 11), (13, 17), (8, 16)


@dataclass(frozen=True)
class Sending:
    """One file or payload on its way.

    ``particular`` says what stands out; ``number`` counts the sendings of the obligation; ``take`` is 1 for figures
    that are corrected later. A ``repeats`` sending has the bytes of the one before; a ``lock_file`` is what Excel
    leaves beside an open workbook, and no submission. Sendings that are ``ZIPPED`` come in one archive, all of a
    unit's for a period at one instant.
    """

    owed: Obligation
    particular: str
    received_at: datetime
    number: int = 1
    take: int = 0
    is_nil: bool = False
    fault: Fault | None = None
    repeats: bool = False
    lock_file: bool = False


def standing_out(
    registry: Registry,
    seed: int,
    owed: Collection[Obligation],
    out_of_reach: Collection[str],
    without_files: Collection[str],
) -> dict[Obligation, str]:
    """Return who does something else than filing in time.

    Units ``out_of_reach`` (codes) are left alone; those ``without_files`` send no archives.
    """
    groups: dict[str, list[Obligation]] = defaultdict(list)
    for one in owed:
        if one.unit.code not in out_of_reach:
            groups[f"{one.form.form_code}/{one.unit.kind}/{one.period.code}"].append(one)
    found: dict[Obligation, str] = {}
    for name, group in groups.items():
        wanted = _STANDING_OUT.get(group[0].unit.kind, {})
        if len(group) > 2 * sum(wanted.values()):
            found.update(_drawn(registry, seed, Random(f"{seed}/{name}"), group, wanted))
    rest = [one for one in owed if one not in found and one.unit.code not in {*out_of_reach, *without_files}]
    return {**found, **dict.fromkeys(_sent_in_archives(seed, rest), ZIPPED)}


def _sent_in_archives(seed: int, owed: Collection[Obligation]) -> Iterator[Obligation]:
    """Yield two obligations of each sender of an archive: of one period and due at one instant."""
    groups: dict[tuple[UnitKind, Period, datetime], dict[str, list[Obligation]]] = defaultdict(dict)
    for one in owed:
        groups[one.unit.kind, one.period, one.due_at].setdefault(one.unit.code, []).append(one)
    for (kind, period, _), by_unit in groups.items():
        wanted = _SENDING_ARCHIVES.get(kind, 0)
        of_several = [forms[:2] for forms in by_unit.values() if len(forms) > 1]
        if len(of_several) > 2 * wanted:
            for pair in Random(f"{seed}/{kind}/{period.code}/{ZIPPED}").sample(of_several, wanted):
                yield from pair


def _drawn(
    registry: Registry, seed: int, draw: Random, group: list[Obligation], wanted: Mapping[str, int]
) -> Iterator[tuple[Obligation, str]]:
    left = draw.sample(group, len(group))
    for particular in (name for name, count in wanted.items() for _ in range(count)):
        fault = FAULTS.get(particular)
        fitting = (one for one in left if fault is None or fault.fits(registry, seed, one))
        if chosen := next(fitting, None):
            left.remove(chosen)
            yield chosen, particular


def sendings(registry: Registry, seed: int, owed: Obligation, particular: str) -> list[Sending]:
    """Return what is sent for an obligation, first to last, up to any instant."""
    when = _When(registry, owed, Random(f"{seed}/{owed}/when"))
    if particular == NEVER:
        return []
    if particular == "corrected":
        first = Sending(owed, particular, when.in_time(_MORNING), take=1)
        return [first, replace(first, received_at=when.the_same_day(first), number=2, take=0)]
    if fault := FAULTS.get(particular):
        wrong = Sending(owed, particular, when.in_time(_DAY), fault=fault)
        return [wrong, Sending(owed, "put_right", when.after(owed.due_at, 1), number=2)]
    if particular == ZIPPED:
        # All that comes in the archive draws from the same.
        when = replace(when, draw=Random(f"{seed}/{owed.unit.code} {owed.period.code}/{ZIPPED}"))
    only = Sending(owed, particular, when.at(particular), is_nil=particular == "nil")
    if particular == "sent_twice":
        return [
            only,
            replace(only, received_at=only.received_at + timedelta(hours=1), number=2, repeats=True),
        ]
    if particular == "left_open":
        return [only, replace(only, number=2, lock_file=True)]
    return [only]


@dataclass(frozen=True)
class _When:
    """Instants at which a filing may be received."""

    registry: Registry
    owed: Obligation
    draw: Random

    def at(self, particular: str) -> datetime:
        if particular == "late":
            return self.after(self.owed.due_at, self.draw.randint(1, 4))
        if particular == "held":
            return self.after(self.owed.lock_at, self.draw.randint(1, 3))
        if particular == "late_at_night":
            midnight = datetime.combine(self.owed.due_at + timedelta(days=1), time(), self.owed.due_at.tzinfo)
            return midnight + timedelta(minutes=self.draw.randint(5, 50))
        if particular == ZIPPED:
            return self._on(self.owed.due_at.date(), _DAY)
        return self.in_time(_DAY)

    def in_time(self, hours: tuple[int, int]) -> datetime:
        day = self._working_day(
            self.owed.period.last_day, self.draw.randint(1, max(1, self.owed.form.due_value))
        )
        return self._on(min(day, self.owed.due_at.date()), hours)

    def the_same_day(self, earlier: Sending) -> datetime:
        return self._on(earlier.received_at.date(), _AFTERNOON)

    def after(self, instant: datetime, working_days: int) -> datetime:
        return self._on(self._working_day(instant.date(), working_days), _DAY)

    def _working_day(self, day: date, count: int) -> date:
        return due_day(
            self.registry, replace(self.owed.period, last_day=day), DueRule.WORKING_DAYS_AFTER, count
        )

    def _on(self, day: date, hours: tuple[int, int]) -> datetime:
        first, last = hours
        clock = time(self.draw.randint(first, last - 1), self.draw.randrange(60), self.draw.randrange(60))
        return datetime.combine(day, clock, self.owed.due_at.tzinfo)
