"""What a publication keeps of obligations beside their state: how they came to it, what deadlines were told."""

from __future__ import annotations

import psycopg

# Found before the first row is written: a statement that looks into the log it fills reads over its own rows, and a
# first publication would take hours.
_MOVED = """
create temp table moved_obligations on commit drop as
select
    c.unit_id, c.form_code, c.calendar_code, c.period_code, past.to_state as from_state, o.state as to_state,
    o.submission_id, o.is_late, o.is_nil
from changes_obligations as c
left join reporting.obligations as o using (unit_id, form_code, calendar_code, period_code)
left join lateral (
    select t.to_state, t.submission_id, t.is_late, t.is_nil
    from reporting.obligation_transitions as t
    where
        row(t.unit_id, t.form_code, t.calendar_code, t.period_code)
        = row(c.unit_id, c.form_code, c.calendar_code, c.period_code)
    order by t.publication_id desc limit 1
) as past on true
where
    row(o.state, o.submission_id, o.is_late, o.is_nil)
    is distinct from row(past.to_state, past.submission_id, past.is_late, past.is_nil)
"""

_LOG = """
insert into reporting.obligation_transitions (
    unit_id, form_code, calendar_code, period_code, from_state, to_state, submission_id, is_late, is_nil, as_of,
    publication_id
)
select
    m.unit_id, m.form_code, m.calendar_code, m.period_code, m.from_state, m.to_state, m.submission_id, m.is_late,
    m.is_nil, p.as_of, p.publication_id
from moved_obligations as m
cross join reporting.publications as p
where p.publication_id = %s
"""

TEMPORARY = ("moved_obligations",)

# Whoever does not owe is told no deadline; a unit that owes only later shall not find an old one.
_TELL = """
insert into reporting.told_deadlines (
    unit_id, form_code, calendar_code, period_code, due_at, lock_at, correction_lock_at, told_as_of, publication_id
)
select
    o.unit_id, o.form_code, o.calendar_code, o.period_code, o.due_at, o.lock_at, o.correction_lock_at, p.as_of,
    p.publication_id
from changes_obligations as c
inner join reporting.obligations as o using (unit_id, form_code, calendar_code, period_code)
inner join reporting.publications as p on p.publication_id = %s
where o.state not in ('not_applicable', 'not_owed')
on conflict do nothing
"""


def keep_transitions(conn: psycopg.Connection, publication_id: int) -> None:
    """Log every obligation that changed, and keep the deadlines of those that are published for the first time.

    Needs the temporary table of changes (``changes_obligations``) after these have been applied.
    """
    conn.execute(_MOVED)
    conn.execute(_LOG, (publication_id,))
    conn.execute(_TELL, (publication_id,))
