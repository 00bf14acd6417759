"""Who owes and has not filed, and where each is written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg
from psycopg.rows import class_row

from kpi_reporting.errors import ReminderError
from kpi_reporting.periods import day_of
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Form

_OLDEST_NIGHT = timedelta(hours=36)

_LAST_NIGHT = (
    "select n.night_id, n.as_of from raw.current_night as c inner join raw.nights as n using (night_id)"
)

# What came since the last publication may be the filing that is missing in it; the next one knows.
_OWED = """
with known as (select max(p.as_of) as as_of from reporting.publications as p),

came_since as (
    select coalesce(r.unit_code, r.sender_code) as unit_code, r.form_code, r.period_code
    from raw.readings as r
    inner join lateral (
        select st.state, n.as_of
        from raw.submission_states as st
        inner join raw.nights as n using (night_id)
        where st.submission_id = r.submission_id
        order by st.state_seq desc limit 1
    ) as now on now.state in ('received', 'read') or now.as_of > (select k.as_of from known as k)
    where now.state <> 'withdrawn'
)

select
    o.unit_id, o.unit_code, u.name_vi as unit_vi, o.form_code, o.period_code, p.first_day, p.last_day, o.due_at,
    greatest(
        o.lock_at,
        ((o.lock_lifted_until_day + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh') - interval '1 second'
    ) as lock_at
from reporting.obligations as o
inner join reporting.units as u using (unit_id)
inner join reporting.periods as p using (calendar_code, period_code)
where
    o.state in ('due', 'late')
    and not exists (
        select from came_since as c
        where
            c.unit_code = o.unit_code and c.form_code = o.form_code and c.period_code = o.period_code
    )
order by u.sort_key, o.unit_id, o.due_at, o.form_code, o.period_code
"""


@dataclass(frozen=True)
class Owed:
    """A form that a unit owes for a period and has not filed; both deadlines are last instants."""

    unit_id: str
    unit_code: str
    unit_vi: str
    form_code: str
    period_code: str
    first_day: date
    last_day: date
    due_at: datetime
    lock_at: datetime


@dataclass(frozen=True)
class Digest:
    """What one sender is reminded of, and where; a closed unit's forms are those of who files for it.

    ``forms`` has the version of each form that the registry gives for the period. ``night_id`` and ``known_at`` are the
    night that looked last.
    """

    unit_code: str
    unit_vi: str
    addresses: tuple[str, ...]
    unconfirmed: int
    owed: tuple[Owed, ...]
    forms: tuple[Form | None, ...]
    as_of: datetime
    night_id: str
    known_at: datetime

    @property
    def late(self) -> int:
        """How many are past their due instant."""
        return sum(one.due_at < self.as_of for one in self.owed)


def digests_of(conn: psycopg.Connection, registry: Registry, as_of: datetime) -> list[Digest]:
    """Return a digest for each sender that owes something it can still file, in the order of the units.

    Raises:
        ReminderError: no night has looked lately, so that who has filed is not known.
    """
    with conn.transaction(), conn.cursor(row_factory=class_row(Owed)) as cursor:
        night_id, known_at = _last_night(conn, as_of)
        owed = cursor.execute(_OWED).fetchall()
    by_sender: dict[tuple[str, str], list[Owed]] = defaultdict(list)
    for one in owed:
        if one.lock_at >= as_of:
            by_sender[_sender(registry, one, day_of(as_of))].append(one)
    return [
        _digest(registry, sender, its_own, as_of, night_id, known_at) for sender, its_own in by_sender.items()
    ]


def _last_night(conn: psycopg.Connection, as_of: datetime) -> tuple[str, datetime]:
    night = conn.execute(_LAST_NIGHT).fetchone()
    if night is None:
        raise ReminderError(
            "There has been no night yet: who owes and has not filed is known after the first."
        )
    if not night[1] <= as_of <= night[1] + _OLDEST_NIGHT:
        raise ReminderError(
            f"The last night looks from {night[0]}, the reminders from {as_of.isoformat()}: who has filed in between "
            "is not known, and nobody is reminded of what may have been filed. Run a night first."
        )
    return night[0], night[1]


def _sender(registry: Registry, one: Owed, day: date) -> tuple[str, str]:
    """Code and name of who files today for the unit that owes."""
    known = registry.history.get(one.unit_id)
    filer = registry.history.filer_of(one.unit_id, day) if known else None
    return (filer.code, filer.name_vi) if filer else (one.unit_code, one.unit_vi)


def _digest(
    registry: Registry,
    sender: tuple[str, str],
    owed: Sequence[Owed],
    as_of: datetime,
    night_id: str,
    known_at: datetime,
) -> Digest:
    code, name = sender
    day = day_of(as_of)
    is_there = any(unit.code == code and unit.holds_on(day) for unit in registry.units)
    contacts = [row for row in registry.contacts if is_there and row.unit_code == code and row.holds_on(day)]
    addresses = tuple(row.email for row in contacts if row.confirmed)
    forms = tuple(_form(registry.forms, one) for one in owed)
    return Digest(
        code, name, addresses, len(contacts) - len(addresses), tuple(owed), forms, as_of, night_id, known_at
    )


def _form(forms: Iterable[Form], one: Owed) -> Form | None:
    return next((f for f in forms if f.form_code == one.form_code and f.holds_on(one.last_day)), None)
