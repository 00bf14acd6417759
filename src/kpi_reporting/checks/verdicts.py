"""Verdicts: the state a submission gets once all rules about it have run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from kpi_reporting.warehouse.nights import Night

# Errors count from this night only: an earlier night may have judged by rules that were mended since.
_JUDGE = """
insert into raw.submission_states (submission_id, night_id, state, reason)
select
    s.submission_id, %(night_id)s,
    case
        when e.rules is not null then 'rejected'
        when s.received_at > p.lock_at then 'held'
        else 'accepted'
    end,
    case
        when e.rules is not null then e.rules
        when s.received_at > p.lock_at then 'received after the lock of ' || p.lock_at
    end
from staging.stg_submissions as s
left join registry.form_periods as p
    on
        p.form_code = s.form_code and p.form_version = s.form_version
        and p.calendar_code = s.calendar_code and p.period_code = s.period_code
left join lateral (
    select string_agg(distinct f.rule_id, ', ' order by f.rule_id) as rules
    from quality.findings as f
    where f.submission_id = s.submission_id and f.night_id = %(night_id)s and f.severity = 'error'
) as e on true
where s.submission_id = any(%(submissions)s)
order by s.received_at, s.submission_id
returning state
"""

# Of all accepted submissions of an obligation the one with the highest sequence is in force.
_SUPERSEDE = """
with obligations as (
    select distinct sender_unit_id, form_code, calendar_code, period_code
    from staging.stg_submissions
    where submission_id = any(%(submissions)s)
),

accepted as (
    select
        s.submission_id,
        first_value(s.submission_id) over (
            partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code
            order by s.sequence desc
        ) as in_force
    from staging.stg_submissions as s
    inner join obligations using (sender_unit_id, form_code, calendar_code, period_code)
    inner join lateral (
        select state from raw.submission_states as st
        where st.submission_id = s.submission_id
        order by st.state_seq desc limit 1
    ) as now on true
    where now.state = 'accepted'
)

insert into raw.submission_states (submission_id, night_id, state, reason)
select submission_id, %(night_id)s, 'superseded', 'replaced by submission ' || in_force
from accepted
where submission_id <> in_force
"""


@dataclass(frozen=True)
class Verdicts:
    """How many submissions got which state."""

    accepted: int
    rejected: int
    held: int
    superseded: int


def give_verdicts(conn: psycopg.Connection, night: Night, submissions: Sequence[int]) -> Verdicts:
    """Write the state of every judged submission, then of those that are replaced by them.

    An error of this night rejects; received after the form's lock instant is held; the rest is accepted.
    """
    asked = {"night_id": night.night_id, "submissions": list(submissions)}
    states = [state for (state,) in conn.execute(_JUDGE, asked).fetchall()]
    superseded = conn.execute(_SUPERSEDE, asked).rowcount
    return Verdicts(states.count("accepted"), states.count("rejected"), states.count("held"), superseded)
