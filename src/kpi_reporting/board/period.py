"""Which period the board speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

import psycopg
from psycopg.rows import class_row

from kpi_reporting.board.words import listed
from kpi_reporting.errors import KpiReportingError, PeriodError
from kpi_reporting.registry.models import PeriodKindName

NOTHING_PUBLISHED = "Nothing has been published yet: run a night first."
_SHORTEST_FIRST: tuple[str, ...] = get_args(PeriodKindName)
_MOST_PERIODS = 24

# Newest first; of two that end on one day the shorter one.
_PUBLISHED = """
select
    v.calendar_code, v.period_code, v.period_kind, v.first_day, v.last_day, count(v.value) > 0 as has_values
from {kpi_values} as v
inner join reporting.units as u using (unit_id)
where u.parent_id is null
group by v.calendar_code, v.period_code, v.period_kind, v.first_day, v.last_day
order by v.last_day desc, v.first_day desc, v.calendar_code
"""


@dataclass(frozen=True)
class BoardPeriod:
    """A period of the top unit's published figures."""

    calendar_code: str
    period_code: str
    period_kind: str
    first_day: date
    last_day: date
    has_values: bool

    def label_of(self, calendar_code: str, period_code: str) -> str:
        """Name another period as seen from this one: nothing for itself, the calendar only when it is another."""
        if (calendar_code, period_code) == (self.calendar_code, self.period_code):
            return ""
        return period_code if calendar_code == self.calendar_code else f"{period_code} {calendar_code}"


def as_of(publication_id: int | None) -> str:
    """Name what is read: the published figures, or what they were right after a past publication."""
    return (
        "reporting.kpi_values"
        if publication_id is None
        else f"reporting.kpi_values_as_of({publication_id:d})"
    )


def published_periods(conn: psycopg.Connection, publication_id: int | None = None) -> list[BoardPeriod]:
    """Read the periods the top unit has figures of, newest first.

    Raises:
        KpiReportingError: nothing has been published.
    """
    with conn.cursor(row_factory=class_row(BoardPeriod)) as cursor:
        periods = cursor.execute(_PUBLISHED.format(kpi_values=as_of(publication_id)).encode()).fetchall()
    if not periods:
        raise KpiReportingError(NOTHING_PUBLISHED)
    return periods


def choose(periods: Sequence[BoardPeriod], asked: str | None) -> BoardPeriod:
    """Return the period asked for; without one the newest of the shortest kind that has values.

    ``periods`` come newest first, so of two calendars' periods of one name the one that ends later is taken.

    Raises:
        PeriodError: nothing is published for it; the periods there are are named.
    """
    if asked is not None:
        return _named(periods, asked)
    with_values = [period for period in periods if period.has_values] or list(periods)
    return min(with_values, key=lambda period: _SHORTEST_FIRST.index(period.period_kind))


def unknown_period(asked: str, known: Sequence[str]) -> PeriodError:
    """Say in one sentence which periods there are instead."""
    if not known:
        return PeriodError(NOTHING_PUBLISHED)
    there = listed(list(dict.fromkeys(known)), _MOST_PERIODS)
    return PeriodError(f"Nothing is published for the period {asked!r}; published are {there}.")


def _named(periods: Sequence[BoardPeriod], asked: str) -> BoardPeriod:
    for period in periods:
        if period.period_code == asked.upper():
            return period
    raise unknown_period(asked, [period.period_code for period in periods])
