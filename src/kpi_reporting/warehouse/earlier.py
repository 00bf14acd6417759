"""The filing of a sender that was in force before another one, as SQL.

It is looked for period by period, back from the newest, so that a long past costs no more than a short one.
"""

from __future__ import annotations

from typing import LiteralString


def periods_back(filings: LiteralString) -> LiteralString:
    """The periods in which each of some filings may have one before it: its own, and a year of months."""
    return f"""
    select
        s.submission_id, s.sender_unit_id, s.sender_code, s.form_code, s.calendar_code, s.received_at,
        q.period_code, q.last_day, q.period_code = s.period_code as is_own
    from {filings} as s
    inner join registry.periods as p on p.calendar_code = s.calendar_code and p.period_code = s.period_code
    cross join lateral (
        select b.period_code, b.last_day
        from registry.periods as b
        where b.calendar_code = p.calendar_code and b.period_kind = p.period_kind and b.last_day <= p.last_day
        order by b.last_day desc
        limit 13
    ) as q
"""


# Of ``periods_back``: the last filing of the same filer and unit that took force, was not taken back, and whose headers
# are known.
EARLIER = """
    select distinct on (c.submission_id) c.submission_id, e.submission_id as earlier_id, e.form_version, c.period_code
    from periods_back as c
    cross join lateral (
        select f.submission_id, f.form_version
        from staging.stg_filings as f
        where
            f.sender_unit_id = c.sender_unit_id and f.period_code = c.period_code and f.form_code = c.form_code
            and f.calendar_code = c.calendar_code and f.sender_code = c.sender_code
            and (not c.is_own or (f.received_at, f.submission_id) < (c.received_at, c.submission_id))
            and exists (
                select from raw.submission_states as t where t.submission_id = f.submission_id and t.state = 'accepted'
            )
            and not exists (
                select from raw.submission_states as t where t.submission_id = f.submission_id and t.state = 'withdrawn'
            )
            and exists (
                select from raw.layout_columns as l where l.submission_id = f.submission_id and l.header is not null
            )
        order by f.received_at desc, f.submission_id desc
        limit 1
    ) as e
    order by c.submission_id, c.last_day desc
"""
