"""Filings held after the lock: their queue, and the acts that release or refuse them (decision 0016 for acts).

The act is kept first; the next night that looks from a later instant gives its effect. Until then nothing held counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row

from kpi_reporting.catalogue import built_in_rules
from kpi_reporting.checks.channels import tell_differences
from kpi_reporting.checks.reasons import NEEDS_A_REASON
from kpi_reporting.checks.verdicts import supersede
from kpi_reporting.errors import HeldError
from kpi_reporting.findings import store_findings
from kpi_reporting.periods import minute_of
from kpi_reporting.warehouse.known import known
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.states import STATE_NOW

Decision = Literal["released", "refused"]

_RULES: dict[Decision, str] = {
    "released": "structure.released_after_lock",
    "refused": "structure.refused_after_lock",
}

_QUEUE = f"""
select
    s.submission_id, s.file_name, s.sender_code, s.form_code, s.period_code, s.received_at, now.reason as held_because,
    d.decision, d.decided_by, d.decided_at
from raw.unsettled_submissions as w
{known("w")}
{STATE_NOW} true
left join raw.held_decisions as d on d.submission_id = s.submission_id
where w.state = 'held'
"""
_ALL = f"{_QUEUE} order by s.received_at, s.submission_id"
_ONE = f"{_QUEUE} and w.submission_id = %s"

_SUBMISSION = f"""
select
    s.file_name, s.received_at, now.state, now.reason, d.decision, d.decided_by, d.decided_at,
    cast(%(decided_at)s as timestamptz) > clock_timestamp() as is_future
from raw.submissions as s
{STATE_NOW} true
left join raw.held_decisions as d using (submission_id)
where s.submission_id = %(submission_id)s
for update of s
"""
_KEEP = """
insert into raw.held_decisions (submission_id, decision, decided_by, decided_at, reason, entered_by)
values (%(submission_id)s, %(decision)s, %(decided_by)s, %(decided_at)s, %(reason)s, %(entered_by)s)
"""

# An act of the registry often comes after the filing it is meant for. What a person decided about the one filing goes
# before what the registry allows its sender.
_SETTLE = f"""
insert into raw.submission_states (submission_id, night_id, state, reason)
select
    s.submission_id, %(night_id)s, case d.decision when 'refused' then 'rejected' else 'accepted' end,
    case
        when d.decision is not null then d.decision || ' by a person at ' || d.decided_at
        else 'lock lifted until ' || x.until_day
    end
from raw.unsettled_submissions as w
{known("w")}
{STATE_NOW} now.reason not like '{NEEDS_A_REASON}%%'
left join raw.held_decisions as d on d.submission_id = s.submission_id and d.decided_at <= %(as_of)s
left join registry.lock_exceptions as x
    on
        x.unit_code = split_part(s.sender_unit_id, '@', 1) and x.form_code = s.form_code
        and x.period_code = s.period_code
        and cast(s.received_at at time zone 'Asia/Ho_Chi_Minh' as date) <= x.until_day
where w.state = 'held' and (d.decision is not null or x.until_day is not null)
order by s.received_at, s.submission_id
returning submission_id, state
"""
_DECIDED = f"""
select s.submission_id, s.sender_code, s.form_code, s.period_code, s.file_name, d.decision
from raw.held_decisions as d
{known("d")}
where d.submission_id = any(%s) and d.decided_at <= %s
"""


@dataclass(frozen=True)
class HeldDecision:
    """The act: what is decided about one held filing, by whom, when (aware) and why, and who enters it."""

    submission_id: int
    decision: Decision
    decided_by: str
    decided_at: datetime
    reason: str
    entered_by: str


@dataclass(frozen=True)
class HeldFiling:
    """A filing in the queue; what was decided waits for the next night."""

    submission_id: int
    file_name: str
    sender_code: str
    form_code: str
    period_code: str
    received_at: datetime
    held_because: str
    decision: Decision | None
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class Settled:
    """How many held filings an act let in, and how many a person refused."""

    released: int
    refused: int


@dataclass(frozen=True)
class _Known:
    file_name: str
    received_at: datetime
    state: str
    reason: str | None
    decision: Decision | None
    decided_by: str | None
    decided_at: datetime | None
    is_future: bool


def read_held(conn: psycopg.Connection) -> list[HeldFiling]:
    """Return what waits for a person, the filing received first at the top; nothing before the first night."""
    if conn.execute("select to_regclass('staging.stg_submissions')").fetchone() == (None,):
        return []
    with conn.cursor(row_factory=class_row(HeldFiling)) as cursor:
        return cursor.execute(_ALL.encode()).fetchall()


def record_held_decision(conn: psycopg.Connection, act: HeldDecision) -> HeldFiling:
    """Keep the act, in the caller's transaction, and return the filing it is about.

    Raises:
        HeldError: there is no such submission, it is not held, it was decided before, or the instant lies before its
            receipt or in the future.
    """
    told = asdict(act)
    with conn.cursor(row_factory=class_row(_Known)) as cursor:
        _refuse(act, cursor.execute(_SUBMISSION, told).fetchone())
    conn.execute(_KEEP, told)
    with conn.cursor(row_factory=class_row(HeldFiling)) as cursor:
        kept = cursor.execute(_ONE.encode(), (act.submission_id,)).fetchone()
    if kept is None:
        raise HeldError(f"Submission {act.submission_id} is held but not staged: run the night again.")
    return kept


def _refuse(act: HeldDecision, known: _Known | None) -> None:
    if not (act.decided_by and act.reason and act.entered_by):
        raise HeldError("A decision needs who decided, why, and who enters it; none may be empty.")
    if known is None:
        raise HeldError(f"There is no submission {act.submission_id}. `kpi-reporting held` lists what waits.")
    name = f"Submission {act.submission_id} ({known.file_name})"
    if known.decided_at is not None:
        raise HeldError(
            f"{name} was {known.decision} already: {known.decided_by} decided at {minute_of(known.decided_at)}."
        )
    if known.state != "held":
        raise HeldError(f"{name} is {known.state}; only a held one waits for a decision.")
    if (known.reason or "").startswith(NEEDS_A_REASON):
        raise HeldError(
            f"{name} {known.reason}: it is no late filing. `kpi-reporting explain` or `waive` lets it be judged again."
        )
    if known.is_future or act.decided_at < known.received_at:
        lies = "in the future" if known.is_future else f"before its receipt at {minute_of(known.received_at)}"
        raise HeldError(f"{name} cannot be decided at {minute_of(act.decided_at)}: that lies {lies}.")


def settle_held(conn: psycopg.Connection, night: Night) -> Settled:
    """Give every decision the night sees, and every lock that was lifted, its effect on what is held."""
    asked = {"night_id": night.night_id, "as_of": night.as_of}
    states: dict[int, str] = dict(conn.execute(_SETTLE.encode(), asked).fetchall())
    _tell(conn, night, list(states))
    released = [one for one, state in states.items() if state == "accepted"]
    supersede(conn, night, released)
    tell_differences(conn, night, released)
    return Settled(len(released), len(states) - len(released))


def _tell(conn: psycopg.Connection, night: Night, settled: Sequence[int]) -> None:
    findings = []
    for submission, sender, form, period, name, decision in conn.execute(
        _DECIDED, (list(settled), night.as_of)
    ).fetchall():
        rule = built_in_rules()[_RULES[decision]]
        findings.append(
            rule.finding(
                submission_id=submission,
                sender_code=sender,
                form_code=form,
                period_code=period,
                file_name=name,
            )
        )
    store_findings(conn, night, findings)
