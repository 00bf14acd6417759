"""Verdicts: the state a submission gets once all rules about it have run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from psycopg.rows import class_row

from kpi_reporting.checks.marks import marks
from kpi_reporting.checks.reasons import FINDINGS, NEEDS_A_REASON, STOPS
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.periods import ZONE
from kpi_reporting.warehouse.known import FILED_FOR_OBLIGATIONS, OBLIGATIONS
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.states import STATE_NOW

# The deadlines of a submission: those the obligation was told, else those the registry gives, and the act that lifts
# them. A unit's identifier is its code, '@', its first day. Of all that were ever told those asked for are looked up.
DEADLINES = """
    left join registry.form_periods as p using (form_code, form_version, calendar_code, period_code)
    left join lateral (
        select told.lock_at, told.correction_lock_at from reporting.told_deadlines as told
        where
            told.unit_id = s.sender_unit_id and told.form_code = s.form_code
            and told.calendar_code = s.calendar_code and told.period_code = s.period_code
        offset 0
    ) as t on true
    left join registry.lock_exceptions as x
        on
            x.unit_code = split_part(s.sender_unit_id, '@', 1) and x.form_code = s.form_code
            and x.period_code = s.period_code
"""

# Errors count from this night only: an earlier night may have judged by rules that were mended since. Of a first night
# the planner knows nothing and would look through all submissions again for each one, unless each step stands alone.
_LOCKED = f"""
with {OBLIGATIONS},

good_before as materialized (
    select distinct s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, true as is_correction
    from {FILED_FOR_OBLIGATIONS}
    inner join raw.submission_states as st on st.submission_id = s.submission_id
    where st.state = 'accepted'
),

faulty as materialized (
    select
        f.submission_id,
        string_agg(distinct f.rule_id, ', ' order by f.rule_id) filter (where f.severity = 'error') as rules,
        string_agg(distinct f.rule_id, ', ' order by f.rule_id) filter (where f.severity = 'warning') as unexplained
    from {FINDINGS} as f
    inner join judged as s using (submission_id)
    where f.night_id = %(night_id)s and {STOPS}
    group by f.submission_id
),

dated as (
    select
        s.submission_id, s.received_at, e.rules, e.unexplained, x.until_day,
        coalesce(t.lock_at, p.lock_at) as lock_at,
        coalesce(t.correction_lock_at, p.correction_lock_at) as correction_lock_at,
        coalesce(g.is_correction, bool_or(e.rules is null and s.received_at <= coalesce(t.lock_at, p.lock_at)) over (
            partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code
            order by s.received_at, s.submission_id rows between unbounded preceding and 1 preceding
        ), false) as is_correction
    from judged as s
    {DEADLINES}
    left join good_before as g
        on
            g.sender_unit_id = s.sender_unit_id and g.form_code = s.form_code and g.calendar_code = s.calendar_code
            and g.period_code = s.period_code
    left join faulty as e using (submission_id)
),

locked as (
    select
        d.*, case when d.is_correction then d.correction_lock_at else d.lock_at end as locked_at,
        case when d.is_correction then 'correction ' else '' end as what,
        coalesce(cast(d.received_at at time zone 'Asia/Ho_Chi_Minh' as date) <= d.until_day, false) as is_lifted
    from dated as d
)
"""

_HELD = f"""
{_LOCKED}
select
    s.submission_id, s.sender_code, s.form_code, s.period_code, s.file_name, l.is_correction, l.locked_at, l.until_day
from locked as l
inner join judged as s using (submission_id)
where l.rules is null and l.unexplained is null and l.received_at > l.locked_at and not l.is_lifted
"""

_JUDGE = f"""
{_LOCKED}
insert into raw.submission_states (submission_id, night_id, state, reason)
select
    l.submission_id, %(night_id)s,
    case
        when l.rules is not null then 'rejected'
        when l.unexplained is not null then 'held'
        when l.received_at > l.locked_at and not l.is_lifted then 'held'
        else 'accepted'
    end,
    case
        when l.rules is not null then l.rules
        when l.unexplained is not null then '{NEEDS_A_REASON}: ' || l.unexplained
        when l.received_at > l.locked_at and not l.is_lifted then
            l.what || 'received after the lock of '
            || to_char(l.locked_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI')
            || coalesce(' and after the last day of its exception ' || l.until_day, '')
        when l.received_at > l.locked_at then 'lock lifted until ' || l.until_day
    end
from locked as l
order by l.received_at, l.submission_id
returning state
"""

# Of all good submissions of an obligation the one received last is the sender's last word, also when it was taken back:
# what lies before it was replaced; where filings are parts, once every figure of it was named again. Where the form
# says which channel wins, its last word goes before that of the other.
_SUPERSEDE = f"""
with {OBLIGATIONS},

good as (
    select
        s.submission_id, s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, s.received_at, s.sha256,
        now.state, s.is_nil, s.is_partial,
        now.state = 'accepted' and (f.winning_channel = 'api') = (p.channel = 'http_api')
        and not coalesce(bool_or(now.state = 'withdrawn') over (
            partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code
            order by s.received_at desc, s.sha256 desc, s.submission_id desc
            rows between unbounded preceding and 1 preceding
        ), false) as is_winning
    from {FILED_FOR_OBLIGATIONS}
    inner join raw.submissions as p on p.submission_id = s.submission_id
    inner join registry.forms as f on f.form_code = s.form_code and f.form_version = s.form_version
    {STATE_NOW} true
    where now.state in ('accepted', 'withdrawn')
),

ranked as (
    select
        g.submission_id, g.state, first_value(g.submission_id) over words as last_word,
        g.is_nil or bool_or(not g.is_partial) over (
            words rows between unbounded preceding and 1 preceding
        ) as is_replaced
    from good as g
    window words as (
        partition by g.sender_unit_id, g.form_code, g.calendar_code, g.period_code
        order by coalesce(g.is_winning, false) desc, g.received_at desc, g.sha256 desc, g.submission_id desc
    )
)

insert into raw.submission_states (submission_id, night_id, state, reason)
select submission_id, %(night_id)s, 'superseded', 'replaced by submission ' || last_word
from ranked as r
where state = 'accepted' and submission_id <> last_word and (is_replaced or not exists (
    select from staging.stg_observations as o
    where o.submission_id = r.submission_id and not exists (
        select from staging.stg_named_again as n
        inner join good as g on g.submission_id = n.later_submission_id
        where
            n.submission_id = r.submission_id and n.sheet_name = o.sheet_name and n.row_number = o.row_number
            and n.column_number = o.column_number
    )
))
"""


@dataclass(frozen=True)
class Verdicts:
    """How many submissions got which state."""

    accepted: int
    rejected: int
    held: int
    superseded: int


@dataclass(frozen=True)
class _Held:
    submission_id: int
    sender_code: str | None
    form_code: str
    period_code: str
    file_name: str
    is_correction: bool
    locked_at: datetime
    until_day: date | None

    def finding(self) -> Finding:
        what_vi, what_en = ("Bản sửa đổi", "A correction") if self.is_correction else ("Báo cáo", "A filing")
        lock = self.locked_at.astimezone(ZONE)
        lifted_vi = f" và sau ngày được gia hạn {self.until_day:%d/%m/%Y}" if self.until_day else ""
        lifted_en = f" and after {self.until_day}, the last day of its exception" if self.until_day else ""
        return Finding(
            "structure", "structure.received_after_lock", "warning",
            f"{what_vi} nhận được sau thời điểm khóa sổ {lock:%H:%M ngày %d/%m/%Y}{lifted_vi}, nên chưa được tính.",
            f"{what_en} was received after its lock of {lock:%Y-%m-%d %H:%M}{lifted_en}; it is held for a person.",
            "Đề nghị tỉnh cho phép nộp sau khóa sổ; khi có văn bản, báo cáo đã nộp được tính mà không phải gửi lại.",
            self.submission_id, self.sender_code, self.form_code, self.period_code, self.file_name,
        )  # fmt: skip


def give_verdicts(conn: psycopg.Connection, night: Night, submissions: Sequence[int]) -> Verdicts:
    """Write the state of every judged submission, then of those that are replaced by them.

    An error of this night rejects, unless it is waived; a warning that misses its reason holds; what came after its
    lock is held, unless an act lifts it; the rest is accepted.
    A correction, of a filing accepted before or good and in time in this same night, has a lock of its own.
    """
    asked = {"night_id": night.night_id, "submissions": list(submissions), "as_of": night.as_of}
    with conn.cursor(row_factory=class_row(_Held)) as cursor:
        held = cursor.execute(_HELD.encode(), asked).fetchall()
    store_findings(conn, night, [*(one.finding() for one in held), *marks(conn, night, list(submissions))])
    states = [state for (state,) in conn.execute(_JUDGE.encode(), asked).fetchall()]
    superseded = conn.execute(_SUPERSEDE, asked).rowcount
    return Verdicts(states.count("accepted"), states.count("rejected"), states.count("held"), superseded)


def supersede(conn: psycopg.Connection, night: Night, submissions: Sequence[int]) -> None:
    """Write the state of those that are replaced, among the filings for the obligations of these submissions."""
    conn.execute(_SUPERSEDE, {"night_id": night.night_id, "submissions": list(submissions)})
