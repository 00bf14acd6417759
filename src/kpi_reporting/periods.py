"""Reporting periods: which days a period covers in its calendar, and by when it is due.

A calendar says where its year starts; every period is a run of whole reporting months from there.
The administrative calendar of Decree 09/2019/NĐ-CP starts year N on 15 December of N-1, the civil
calendar on 1 January. Nothing here reads a clock or knows a particular calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from kpi_reporting.errors import PeriodError

# Days begin and end in Vietnam, whatever zone a machine or a timestamp has.
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_LETTERS = {"month": "M", "quarter": "Q", "half": "H", "nine_month": "N", "year": "Y"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_CODE = re.compile(r"(?P<year>[12]\d{3})-(?P<letter>[MQHNY])(?P<number>\d{1,2})?")
_Row = TypeVar("_Row")
_STEPS = {"next_working_day": 1, "previous_working_day": -1}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def day_of(instant: datetime) -> date:
    """Return the day in Vietnam of an instant (aware)."""
    return instant.astimezone(ZONE).date()


def minute_of(instant: datetime) -> str:
    """Return an instant (aware) as an engineer reads it: day and minute in Vietnam."""
    return f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M}"


class _CalendarRow(Protocol):
    @property
    def calendar_code(self) -> str: ...
    @property
    def year_start_month(self) -> int: ...
    @property
    def year_start_day(self) -> int: ...
    @property
    def year_start_offset(self) -> int: ...


class _PeriodKindRow(Protocol):
    @property
    def calendar_code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def months(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def due_rule(self) -> str | None: ...
    @property
    def due_value(self) -> int | None: ...


class _HolidayRow(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def kind(self) -> str: ...


class _CalendarRegistry(Protocol):
    """The part of a registry that periods are computed from."""

    @property
    def calendars(self) -> Sequence[_CalendarRow]: ...
    @property
    def period_kinds(self) -> Sequence[_PeriodKindRow]: ...
    @property
    def holidays(self) -> Sequence[_HolidayRow]: ...
    def setting(self, name: str) -> str: ...


@dataclass(frozen=True, order=True)
class Period:
    """A reporting period; ``first_day`` and ``last_day`` both belong to it."""

    calendar_code: str
    first_day: date
    last_day: date
    code: str
    kind: str
    year: int
    number: int

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def period_code(kind: str, year: int, number: int) -> str:
    """Return the code of a period inside its calendar: 2025-M07, 2025-Q2, 2025-H1, 2025-N9, 2025-Y."""
    suffix = {"month": f"{number:02d}", "nine_month": "9", "year": ""}.get(kind, str(number))
    return f"{year:04d}-{_LETTERS[kind]}{suffix}"


def kind_of(code: str) -> str:
    """Return the kind of the period that a code names, ``month`` for 2025-M07."""
    return _KINDS[code[5]]


def parse_period(registry: _CalendarRegistry, calendar_code: str, code: str) -> Period:
    """Return the period that a code names in a calendar.

    Raises:
        PeriodError: the code is not written like a period, or the calendar has no such period.
    """
    written = _CODE.fullmatch(code)
    if not written:
        raise PeriodError(f"{code!r} is not a period; write 2025-M07, 2025-Q2, 2025-H1, 2025-N9 or 2025-Y.")
    kind, year = _KINDS[written["letter"]], int(written["year"])
    number = 1 if kind in ("nine_month", "year") else int(written["number"] or 0)
    period = _numbered(registry, calendar_code, kind, year, number)
    if period.code != code:
        raise PeriodError(f"{code!r} is not a period; did you mean {period.code!r}?")
    return period


def periods_of_year(registry: _CalendarRegistry, calendar_code: str, year: int) -> tuple[Period, ...]:
    """Return every period of a reporting year, kind by kind in the registry's order.

    Raises:
        PeriodError: the registry has no such calendar.
    """
    _calendar(registry, calendar_code)
    kinds = [kind for kind in registry.period_kinds if kind.calendar_code == calendar_code]
    return tuple(
        _numbered(registry, calendar_code, kind.kind, year, number)
        for kind in kinds
        for number in range(1, kind.count + 1)
    )


def period_of_day(registry: _CalendarRegistry, calendar_code: str, kind: str, day: date) -> Period:
    """Return the period of a kind that a day belongs to: 15 to 31 December are the next administrative year.

    Raises:
        PeriodError: no such calendar or kind, or no period covers the day (after a nine-month period).
    """
    for year in (day.year - 1, day.year, day.year + 1):
        for period in periods_of_year(registry, calendar_code, year):
            if period.kind == kind and day in period:
                return period
    raise PeriodError(f"No {kind} of the calendar {calendar_code!r} covers {day.isoformat()}.")


def next_period(registry: _CalendarRegistry, period: Period) -> Period:
    """Return the period of the same kind that follows."""
    return _moved(registry, period, 1)


def previous_period(registry: _CalendarRegistry, period: Period) -> Period:
    """Return the period of the same kind before."""
    return _moved(registry, period, -1)


def parts_of(registry: _CalendarRegistry, period: Period, kind: str) -> tuple[Period, ...]:
    """Return the periods of a shorter kind that lie inside a period, in order."""
    year = periods_of_year(registry, period.calendar_code, period.year)
    return tuple(
        part
        for part in year
        if part.kind == kind and period.first_day <= part.first_day and part.last_day <= period.last_day
    )


def national_due_day(registry: _CalendarRegistry, period: Period) -> date | None:
    """Return the day by which the province reports to the national level, or None where no rule is known.

    Decree 09/2019/NĐ-CP Art. 13 names the 25th of the last month; what holds when that is a day off is
    not public, so the setting ``national_due_shift`` decides: none, next_working_day, previous_working_day.
    """
    kind = _kind(registry, period.calendar_code, period.kind)
    if kind.due_rule is None or kind.due_value is None:
        return None
    return due_day(registry, period, kind.due_rule, kind.due_value, registry.setting("national_due_shift"))


def due_day(registry: _CalendarRegistry, period: Period, rule: str, value: int, shift: str = "none") -> date:
    """Return the day a rule names: ``fixed_day`` of the last month or ``working_days_after`` the last day.

    ``shift`` says where a fixed day goes that is a day off: none, next_working_day, previous_working_day.
    """
    last, working = period.last_day, _WorkingDays(registry)
    if rule == "fixed_day":
        day = last.replace(day=min(value, monthrange(last.year, last.month)[1]))
        step = _STEPS.get(shift)
        return day if step is None or day in working else working.after(day, step)
    for _ in range(value):
        last = working.after(last, 1)
    return last


class _WorkingDays:
    def __init__(self, registry: _CalendarRegistry) -> None:
        first, last = (_WEEKDAYS.index(name) for name in registry.setting("working_days").split("-"))
        self._weekdays = range(first, last + 1)
        self._off = {row.day for row in registry.holidays if row.kind == "holiday"}
        self._on = {row.day for row in registry.holidays if row.kind == "working_weekend"}

    def __contains__(self, day: date) -> bool:
        return day in self._on or (day.weekday() in self._weekdays and day not in self._off)

    def after(self, day: date, step: int) -> date:
        day += timedelta(days=step)
        while day not in self:
            day += timedelta(days=step)
        return day


def _numbered(registry: _CalendarRegistry, calendar_code: str, kind: str, year: int, number: int) -> Period:
    calendar, row = _calendar(registry, calendar_code), _kind(registry, calendar_code, kind)
    if not 1 <= number <= row.count:
        raise PeriodError(f"A year of the calendar {calendar_code!r} has no {kind} number {number}.")
    first = _reporting_day(calendar, year, (number - 1) * row.months)
    last = _reporting_day(calendar, year, number * row.months) - timedelta(days=1)
    return Period(calendar_code, first, last, period_code(kind, year, number), kind, year, number)


def _reporting_day(calendar: _CalendarRow, year: int, months: int) -> date:
    count = (year + calendar.year_start_offset) * 12 + calendar.year_start_month - 1 + months
    return date(count // 12, count % 12 + 1, calendar.year_start_day)


def _moved(registry: _CalendarRegistry, period: Period, step: int) -> Period:
    count = _kind(registry, period.calendar_code, period.kind).count
    years, index = divmod(period.number - 1 + step, count)
    return _numbered(registry, period.calendar_code, period.kind, period.year + years, index + 1)


def _calendar(registry: _CalendarRegistry, calendar_code: str) -> _CalendarRow:
    names = (row.calendar_code for row in registry.calendars)
    return _only(
        (row for row in registry.calendars if row.calendar_code == calendar_code),
        f"There is no calendar {calendar_code!r}; the registry has {', '.join(names)}.",
    )


def _kind(registry: _CalendarRegistry, calendar_code: str, kind: str) -> _PeriodKindRow:
    return _only(
        (row for row in registry.period_kinds if (row.calendar_code, row.kind) == (calendar_code, kind)),
        f"The calendar {calendar_code!r} has no periods of the kind {kind!r}.",
    )


def _only(rows: Iterable[_Row], message: str) -> _Row:
    found = next(iter(rows), None)
    if found is None:
        raise PeriodError(message)
    return found
