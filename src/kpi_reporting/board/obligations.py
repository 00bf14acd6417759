"""Who owes what in the periods a night is about, and how it stands; and what was collected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from kpi_reporting.errors import KpiReportingError

_NOT_OWED = frozenset({"not_applicable", "extra"})
NO_NIGHT = "No night has run yet: run one with `kpi-reporting night`."
_NIGHT = """
select n.night_id, n.as_of
from raw.current_night as c
inner join raw.nights as n using (night_id)
"""

# A night is about the newest period of each kind that has ended, and about those it received something for.
_OBLIGATIONS = """
select
    o.form_code, f.name_vi as form_vi, o.calendar_code, o.period_code, o.due_at, u.name_vi as unit_vi,
    u.confirmed as unit_confirmed, o.is_nil, o.state,
    f.confirmed and not exists (
        select from registry.obligations as r where r.form_code = o.form_code and not r.confirmed
    ) as form_confirmed,
    case
        when o.state in ('held', 'blocked', 'missing', 'not_applicable') then o.state
        when o.state = 'not_owed' then 'extra'
        when o.state = 'late' then 'overdue'
        when o.state in ('due', 'not_due') then 'open'
        when o.is_late then 'late'
        else 'on_time'
    end as standing
from reporting.obligations as o
inner join reporting.units as u using (unit_id)
inner join reporting.periods as p using (calendar_code, period_code)
inner join lateral (
    select f.name_vi, f.confirmed from registry.forms as f
    where f.form_code = o.form_code and p.last_day between f.valid_from and coalesce(f.valid_to, 'infinity')
    order by f.form_version desc limit 1
) as f on true
where
    o.period_code = %(period)s
    or %(period)s is null and (
        p.last_day = (
            select max(q.last_day) from reporting.periods as q
            where
                q.calendar_code = p.calendar_code and q.period_kind = p.period_kind
                and q.last_day < cast(%(as_of)s::timestamptz at time zone 'Asia/Ho_Chi_Minh' as date)
        )
        or exists (
            select from raw.submissions as s
            inner join raw.readings as r using (submission_id)
            where s.night_id = %(night)s and r.form_code = o.form_code and r.period_code = o.period_code
        )
    )
order by p.last_day desc, o.calendar_code, o.period_code, o.form_code, u.sort_key
"""

_KNOWN = """
select o.period_code
from reporting.obligations as o
inner join reporting.periods as p using (calendar_code, period_code)
group by o.period_code
order by max(p.last_day) desc, o.period_code
"""

# The state a night left each of its submissions in.
_COLLECTED = """
select s.channel, s.file_name, t.state, t.reason
from raw.submissions as s
inner join lateral (
    select st.state, st.reason from raw.submission_states as st
    where st.submission_id = s.submission_id and st.night_id = s.night_id
    order by st.state_seq desc limit 1
) as t on true
where s.night_id = %s
order by s.file_name, s.submission_id
"""

_NOT_COLLECTED = """
select
    f.subject as source_code, f.message_en, coalesce(u.name_vi, f.subject) as sender_vi,
    coalesce(u.confirmed, true) as sender_confirmed
from quality.findings as f
left join lateral (
    select u.name_vi, u.confirmed from reporting.units as u
    where u.unit_code = f.sender_code
    order by u.valid_from desc limit 1
) as u on true
where f.night_id = %s and f.rule_id = 'source_unavailable'
order by f.finding_id
"""


@dataclass(frozen=True)
class LastNight:
    """The night the warehouse was last opened for."""

    night_id: str
    as_of: datetime


@dataclass(frozen=True)
class Obligation:
    """One unit owes one form for one period, or files it all the same.

    ``standing`` is ``on_time`` or ``late`` (a filing is in force), ``held``, ``blocked``, ``overdue`` (past due and
    nothing there), ``missing`` (locked, too) or ``open`` (not yet due); ``not_applicable`` and ``extra`` are not owed.
    """

    form_code: str
    form_vi: str
    form_confirmed: bool
    calendar_code: str
    period_code: str
    due_at: datetime
    unit_vi: str
    unit_confirmed: bool
    is_nil: bool
    state: str
    standing: str

    @property
    def is_owed(self) -> bool:
        """Whether it counts."""
        return self.standing not in _NOT_OWED


@dataclass(frozen=True)
class Payload:
    """A submission of the night and the state the night left it in."""

    channel: str
    file_name: str
    state: str
    reason: str | None


@dataclass(frozen=True)
class Uncollected:
    """A source that could not be collected, and why."""

    source_code: str
    sender_vi: str
    sender_confirmed: bool
    message_en: str


def last_night(conn: psycopg.Connection) -> LastNight:
    """Read which night was opened last.

    Raises:
        KpiReportingError: there was none.
    """
    with conn.cursor(row_factory=class_row(LastNight)) as cursor:
        night = cursor.execute(_NIGHT).fetchone()
    if night is None:
        raise KpiReportingError(NO_NIGHT)
    return night


def obligations(conn: psycopg.Connection, night: LastNight, period: str | None) -> list[Obligation]:
    """Read the obligations of a period, or of those the night is about, newest period first."""
    asked = {"period": period, "as_of": night.as_of, "night": night.night_id}
    with conn.cursor(row_factory=class_row(Obligation)) as cursor:
        return cursor.execute(_OBLIGATIONS, asked).fetchall()


def known_periods(conn: psycopg.Connection) -> list[str]:
    """Read the periods there are obligations for, newest first."""
    return [code for (code,) in conn.execute(_KNOWN).fetchall()]


def collected(conn: psycopg.Connection, night: LastNight) -> list[Payload]:
    """Read what was received in a night."""
    with conn.cursor(row_factory=class_row(Payload)) as cursor:
        return cursor.execute(_COLLECTED, (night.night_id,)).fetchall()


def not_collected(conn: psycopg.Connection, night: LastNight) -> list[Uncollected]:
    """Read which sources could not be collected."""
    with conn.cursor(row_factory=class_row(Uncollected)) as cursor:
        return cursor.execute(_NOT_COLLECTED, (night.night_id,)).fetchall()
