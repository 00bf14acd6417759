"""Reasons and waivers: acts of people that let a filing count although a rule speaks (decision 0023).

An act is kept first; the next night that looks from its instant re-opens the filing it is about and judges it anew.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import psycopg
from psycopg.rows import class_row

from kpi_reporting.errors import ReasonError
from kpi_reporting.periods import ZONE, minute_of
from kpi_reporting.text import match_key
from kpi_reporting.warehouse.known import known
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.states import STATE_NOW

NEEDS_A_REASON = "needs a reason"
_FEWEST_LETTERS = 10
_LONGEST_WAIVER = timedelta(days=366)

# A finding with what has to be explained, if something has.
FINDINGS = """
(
    select o.*, v.value_sha256, v.finding_id is not null as needs_reason
    from quality.findings as o
    left join quality.values_to_explain as v using (finding_id)
)
"""

# Of a finding f about a submission s, as the night sees the acts.
EXPLAINED = """
exists (
    select from raw.explanations as e
    where
        e.sender_unit_id = s.sender_unit_id and e.form_code = s.form_code and e.calendar_code = s.calendar_code
        and e.period_code = s.period_code and e.rule_id = f.rule_id and e.subject = f.subject
        and e.value_sha256 = f.value_sha256 and e.explained_at <= %(as_of)s
)
"""
WAIVERS = """
raw.waivers as w
    where
        w.unit_code = split_part(s.sender_unit_id, '@', 1) and w.form_code = s.form_code and w.rule_id = f.rule_id
        and w.approved_at <= %(as_of)s and w.until_day >= cast(%(as_of)s at time zone 'Asia/Ho_Chi_Minh' as date)
"""
WAIVED = f"exists (select from {WAIVERS})"
STOPS = f"""
(
    (f.severity = 'error' and not {WAIVED})
    or (f.severity = 'warning' and f.needs_reason and not {EXPLAINED} and not {WAIVED})
)
"""

# A filing of which nothing stops any more what stopped it in the night that judged it; it is judged anew, by the rules
# of this night.
_REOPEN = f"""
insert into raw.submission_states (submission_id, night_id, state, reason)
select s.submission_id, %(night_id)s, 'read', 'judged again: a reason or a waiver was entered'
from (
    select u.submission_id from raw.unsettled_submissions as u where u.state = 'held'
    union
    select w.submission_id from raw.waivers as w
    where w.approved_at <= %(as_of)s and w.until_day >= cast(%(as_of)s at time zone 'Asia/Ho_Chi_Minh' as date)
) as told
{known("told")}
{STATE_NOW} now.state = 'rejected' or (now.state = 'held' and now.reason like '{NEEDS_A_REASON}%%')
where not exists (
    select from {FINDINGS} as f
    where
        f.submission_id = s.submission_id and f.night_id = now.night_id and {STOPS}
        and (now.state = 'held' or f.severity = 'error')
)
-- What a person refused stays refused.
and exists (
    select from {FINDINGS} as f
    where
        f.submission_id = s.submission_id and f.night_id = now.night_id
        and (f.severity = 'error' or (now.state = 'held' and f.needs_reason))
)
order by s.submission_id
"""

_ABOUT = f"""
select
    f.finding_id, f.severity, f.needs_reason, f.cell, f.subject, f.value_sha256, s.received_at, s.form_code,
    s.calendar_code, s.period_code, s.sender_unit_id, s.file_name,
    cast(%(at)s as timestamptz) > clock_timestamp() as is_future
from {FINDINGS} as f
{known("f")}
where
    f.submission_id = %(submission_id)s and f.rule_id = %(rule_id)s and f.layer <> 'readable'
    and (%(cell)s::text is null or f.cell = %(cell)s)
    and f.night_id = (
        select n.night_id from quality.findings as o inner join raw.nights as n using (night_id)
        where o.submission_id = f.submission_id and o.rule_id = f.rule_id
        order by n.as_of desc limit 1
    )
order by f.finding_id
"""

_EXPLAIN = """
insert into raw.explanations (
    submission_id, sender_unit_id, form_code, calendar_code, period_code, rule_id, subject, value_sha256, reason,
    explained_by, explained_at, entered_by
)
values (
    %(submission_id)s, %(sender_unit_id)s, %(form_code)s, %(calendar_code)s, %(period_code)s, %(rule_id)s,
    %(subject)s, %(value_sha256)s, %(reason)s, %(explained_by)s, %(at)s, %(entered_by)s
)
on conflict do nothing
"""
_WAIVE = """
insert into raw.waivers (
    submission_id, unit_code, form_code, rule_id, requested_by, approved_by, approved_at, until_day, reason, entered_by
)
values (
    %(submission_id)s, split_part(%(sender_unit_id)s, '@', 1), %(form_code)s, %(rule_id)s, %(requested_by)s,
    %(approved_by)s, %(at)s, %(until_day)s, %(reason)s, %(entered_by)s
)
"""


@dataclass(frozen=True)
class Explanation:
    """The act: which warning of which filing, why its value is right, who says so, when, who entered it."""

    submission_id: int
    rule_id: str
    reason: str
    explained_by: str
    at: datetime
    entered_by: str
    cell: str | None = None


@dataclass(frozen=True)
class Waiver:
    """The act: which rule is waived for the sender of a filing and until when, who asked, who approved, why."""

    submission_id: int
    rule_id: str
    reason: str
    requested_by: str
    approved_by: str
    at: datetime
    until_day: date
    entered_by: str
    cell: str | None = None


@dataclass(frozen=True)
class About:
    """The finding an act is about, and the filing it stands in."""

    finding_id: int
    severity: str
    needs_reason: bool
    cell: str | None
    subject: str
    value_sha256: str | None
    received_at: datetime
    form_code: str
    calendar_code: str
    period_code: str
    sender_unit_id: str
    file_name: str
    is_future: bool

    @property
    def filing(self) -> str:
        """The filing in one phrase."""
        return f"{self.form_code} of {self.sender_unit_id} for {self.period_code}, {self.file_name}"


def record_explanation(conn: psycopg.Connection, act: Explanation) -> About:
    """Keep why one value is right, in the caller's transaction, and say what it is about.

    Raises:
        ReasonError: nothing of the filing has to be explained so, it is explained already, several cells could be
            meant, the words are too few, or the instant lies before the receipt or in the future.
    """
    _refuse_words(act.reason, act.explained_by, act.entered_by)
    found = _found(conn, act)
    if len(found) > 1:
        cells = ", ".join(one.cell or one.subject for one in found)
        raise ReasonError(f"{act.rule_id} speaks of several values: {cells}. Explain each with --cell.")
    (about,) = found
    if not about.needs_reason or about.severity != "warning":
        raise ReasonError(
            f"{act.rule_id} in submission {act.submission_id} is no warning that asks for a reason; `kpi-reporting "
            f"rules {act.rule_id}` tells. An error is mended, or waived."
        )
    _refuse_instant(about, act.at)
    if not conn.execute(_EXPLAIN, {**asdict(about), **asdict(act), "subject": about.subject}).rowcount:
        raise ReasonError(
            f"This value of {act.rule_id} in submission {act.submission_id} is explained already."
        )
    return about


def record_waiver(conn: psycopg.Connection, act: Waiver) -> About:
    """Keep that a rule is waived, in the caller's transaction, and say what it is about.

    Raises:
        ReasonError: the rule does not stand in the way of the filing, requester and approver are one person,
            it would have expired or hold for more than a year, the words are too few, or the instant lies before the
            receipt or in the future.
    """
    _refuse_words(act.reason, act.requested_by, act.approved_by, act.entered_by)
    if _letters(act.requested_by) == _letters(act.approved_by):
        raise ReasonError(
            f"{act.approved_by} asked for the waiver and cannot approve it; somebody else has to."
        )
    about = _found(conn, act)[0]
    if about.severity == "info" or (about.severity == "warning" and not about.needs_reason):
        raise ReasonError(
            f"{act.rule_id} does not stand in the way of submission {act.submission_id}; nothing to waive."
        )
    _refuse_instant(about, act.at)
    if act.until_day < act.at.astimezone(ZONE).date():
        raise ReasonError(
            f"A waiver approved on {act.at.astimezone(ZONE):%Y-%m-%d} cannot end on {act.until_day}."
        )
    if act.until_day > act.at.astimezone(ZONE).date() + _LONGEST_WAIVER:
        raise ReasonError(
            f"A waiver until {act.until_day} is no exception any more: {_LONGEST_WAIVER.days} days at most. "
            "Ask for it again then, or correct the rule."
        )
    conn.execute(_WAIVE, {**asdict(about), **asdict(act)})
    return about


def _letters(name: str) -> str:
    """A name without what is not seen or only set beside it."""
    return "".join(letter for letter in match_key(name) if letter.isalnum())


def _refuse_words(reason: str, *names: str) -> None:
    if not all(names):
        raise ReasonError("Who says so and who enters it must be named; none may be empty.")
    if len(reason) < _FEWEST_LETTERS:
        raise ReasonError(
            f"The reason {reason!r} says nothing; write what a reader needs to believe the value."
        )


def _found(conn: psycopg.Connection, act: Explanation | Waiver) -> list[About]:
    with conn.cursor(row_factory=class_row(About)) as cursor:
        found = cursor.execute(_ABOUT.encode(), asdict(act)).fetchall()
    if not found:
        where = f" at {act.cell}" if act.cell else ""
        raise ReasonError(
            f"{act.rule_id} says nothing{where} about submission {act.submission_id} at the door. "
            "`kpi-reporting findings` prints what was found in which file."
        )
    return found


def _refuse_instant(about: About, at: datetime) -> None:
    if about.is_future or at < about.received_at:
        lies = "in the future" if about.is_future else "before the filing was received"
        raise ReasonError(f"{minute_of(at)} lies {lies}.")


def reopen(conn: psycopg.Connection, night: Night) -> int:
    """Let the night judge again what an act it sees is about; return how many filings that are."""
    return conn.execute(_REOPEN.encode(), {"night_id": night.night_id, "as_of": night.as_of}).rowcount
