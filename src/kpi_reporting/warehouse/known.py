"""What is known of a submission, looked up one by one.

``staging.stg_submissions`` is a view over many tables. Joined as a whole it is read as a whole: every submission ever
received, for the few that a night asks about.
"""

from __future__ import annotations

from typing import LiteralString


def known(asked: LiteralString) -> LiteralString:
    """A join that gives, as ``s``, what is known of the submission each row of ``asked`` names."""
    return f"""inner join lateral (
    select k.* from staging.stg_submissions as k where k.submission_id = {asked}.submission_id offset 0
) as s on true"""


def judged(submissions: LiteralString) -> LiteralString:
    """A common table expression of what is known of each submission in an array, given as a placeholder."""
    return f"""judged as materialized (
    select s.* from unnest({submissions}::bigint[]) as asked (submission_id) {known("asked")}
)"""


JUDGED = judged("%(submissions)s")

OBLIGATIONS = f"""{JUDGED},

obligations as materialized (
    select distinct sender_unit_id, form_code, calendar_code, period_code from judged
)"""

# All their senders ever filed for the same, as ``s``.
FILED_FOR_OBLIGATIONS = f"""obligations
    inner join staging.stg_filings as filed using (sender_unit_id, form_code, calendar_code, period_code)
    {known("filed")}"""
