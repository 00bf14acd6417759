"""Withdrawals: a sender takes back a filing that is in force (decision 0016).

The act is kept first; the next night that looks from a later instant gives its effect, or holds it after the lock.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import psycopg
from psycopg.rows import class_row

from kpi_reporting.checks.verdicts import DEADLINES
from kpi_reporting.errors import WithdrawalError
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.periods import ZONE, minute_of
from kpi_reporting.warehouse.known import known
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.states import STATE_NOW

_HELD_RULE = "structure.withdrawal_after_lock"

_SUBMISSION = f"""
select
    s.file_name, s.received_at, now.state, now.reason, w.asked_by as withdrawn_by, w.asked_at as withdrawn_at,
    cast(%(asked_at)s as timestamptz) > clock_timestamp() as is_future
from raw.submissions as s
{STATE_NOW} true
left join raw.withdrawals as w using (submission_id)
where s.submission_id = %(submission_id)s
for update of s
"""

_KEEP = """
insert into raw.withdrawals (submission_id, asked_by, asked_at, reason, entered_by)
values (%(submission_id)s, %(asked_by)s, %(asked_at)s, %(reason)s, %(entered_by)s)
"""

# It changes what was filed in time, so the lock of corrections is held against it.
_OPEN = f"""
with asked as (
    select
        s.submission_id, s.sender_code, s.form_code, s.period_code, s.file_name, w.asked_at, x.until_day,
        coalesce(t.correction_lock_at, p.correction_lock_at) as locked_at
    from raw.withdrawals as w
    {known("w")}
    {STATE_NOW} now.state = 'accepted'
    {DEADLINES}
)

select
    a.*,
    a.asked_at > a.locked_at
    and not coalesce(cast(a.asked_at at time zone 'Asia/Ho_Chi_Minh' as date) <= a.until_day, false) as is_held
from asked as a
"""
_DUE = f"{_OPEN} where a.asked_at <= %s order by a.asked_at, a.submission_id"
_ONE = f"{_OPEN} where a.submission_id = %s"

_WITHDRAW = """
insert into raw.submission_states (submission_id, night_id, state, reason)
values (%s, %s, 'withdrawn', %s)
"""
_TOLD_BEFORE = """
select f.submission_id from quality.findings as f where f.rule_id = %s and f.night_id <> %s
"""


@dataclass(frozen=True)
class Withdrawal:
    """The act: who asked, when and why, who entered it; ``asked_at`` is aware."""

    submission_id: int
    asked_by: str
    asked_at: datetime
    reason: str
    entered_by: str


@dataclass(frozen=True)
class _Known:
    file_name: str
    received_at: datetime
    state: str
    reason: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    is_future: bool


@dataclass(frozen=True)
class Withdrawn:
    """What an act is about, and whether it waits because it was asked for after the lock of corrections."""

    submission_id: int
    sender_code: str
    form_code: str
    period_code: str
    file_name: str
    asked_at: datetime
    until_day: date | None
    locked_at: datetime
    is_held: bool

    def outlook(self) -> str:
        """Say in one sentence what becomes of it."""
        if self.is_held:
            return (
                f"It stays in force: the lock of corrections was at {minute_of(self.locked_at)}, so the withdrawal is "
                "held until a row of lock_exceptions.csv allows it."
            )
        return f"From the first night that looks from {minute_of(self.asked_at)} or later it counts no more."

    def finding(self) -> Finding:
        """What the night tells the sender."""
        asked, lock = self.asked_at.astimezone(ZONE), self.locked_at.astimezone(ZONE)
        about = (self.submission_id, self.sender_code, self.form_code, self.period_code, self.file_name)
        if self.is_held:
            return Finding(
                "structure", _HELD_RULE, "warning",
                f"Đề nghị rút báo cáo lúc {asked:%H:%M ngày %d/%m/%Y} nhận được sau thời điểm khóa sổ "
                f"{lock:%H:%M ngày %d/%m/%Y}, nên báo cáo vẫn được tính.",
                f"The filing was withdrawn at {asked:%Y-%m-%d %H:%M}, after its lock of {lock:%Y-%m-%d %H:%M}; "
                "it stays in force, and the withdrawal is held for a person.",
                "Đề nghị tỉnh cho phép rút sau khóa sổ; khi có văn bản, báo cáo được rút mà không phải đề nghị lại.",
                *about,
            )  # fmt: skip
        return Finding(
            "structure", "structure.withdrawn", "info",
            f"Báo cáo đã được rút theo đề nghị lúc {asked:%H:%M ngày %d/%m/%Y} và không còn được tính.",
            f"The filing was withdrawn, as asked for at {asked:%Y-%m-%d %H:%M}; nothing of it counts any more.",
            "Nếu vẫn phải báo cáo kỳ này, hãy gửi báo cáo mới; gửi lại đúng tệp cũ thì dùng tên khác.",
            *about,
        )  # fmt: skip


def record_withdrawal(conn: psycopg.Connection, act: Withdrawal) -> Withdrawn:
    """Keep the act, in the caller's transaction, and say what it is about and whether it will be held.

    Raises:
        WithdrawalError: there is no such submission, it is not in force, it was withdrawn before, or the instant lies
            before its receipt or in the future.
    """
    told = asdict(act)
    with conn.cursor(row_factory=class_row(_Known)) as cursor:
        _refuse(act, cursor.execute(_SUBMISSION, told).fetchone())
    conn.execute(_KEEP, told)
    with conn.cursor(row_factory=class_row(Withdrawn)) as cursor:
        kept = cursor.execute(_ONE.encode(), (act.submission_id,)).fetchone()
    if kept is None:
        raise WithdrawalError(
            f"Submission {act.submission_id} is accepted but not staged: run the night again."
        )
    return kept


def _refuse(act: Withdrawal, known: _Known | None) -> None:
    if not (act.asked_by and act.reason and act.entered_by):
        raise WithdrawalError(
            "A withdrawal needs who asked for it, why, and who enters it; none may be empty."
        )
    if known is None:
        raise WithdrawalError(
            f"There is no submission {act.submission_id}. reporting.obligations tells which is in force for whom."
        )
    name = f"Submission {act.submission_id} ({known.file_name})"
    if known.withdrawn_at is not None:
        raise WithdrawalError(
            f"{name} was withdrawn already: {known.withdrawn_by} asked for it at {minute_of(known.withdrawn_at)}."
        )
    if known.state != "accepted":
        why = f" ({known.reason})" if known.reason else ""
        raise WithdrawalError(
            f"{name} is {known.state}{why}; only an accepted one, which is in force, can be withdrawn."
        )
    if known.is_future or act.asked_at < known.received_at:
        lies = "in the future" if known.is_future else f"before its receipt at {minute_of(known.received_at)}"
        raise WithdrawalError(f"{name} cannot be withdrawn at {minute_of(act.asked_at)}: that lies {lies}.")


def take_withdrawals(conn: psycopg.Connection, night: Night) -> int:
    """Give every withdrawal the night sees its effect; return how many submissions lost force.

    One that was asked for after the lock of corrections is held and told once, until an act lifts the lock. One whose
    submission was replaced meanwhile has nothing left to take back.
    """
    with conn.cursor(row_factory=class_row(Withdrawn)) as cursor:
        due = cursor.execute(_DUE.encode(), (night.as_of,)).fetchall()
    told = {one for (one,) in conn.execute(_TOLD_BEFORE, (_HELD_RULE, night.night_id)).fetchall()}
    store_findings(
        conn, night, [one.finding() for one in due if not (one.is_held and one.submission_id in told)]
    )
    taken = [one for one in due if not one.is_held]
    with conn.cursor() as cursor:
        cursor.executemany(
            _WITHDRAW,
            [(one.submission_id, night.night_id, f"asked for at {minute_of(one.asked_at)}") for one in taken],
        )
    return len(taken)


__all__ = ["Withdrawal", "Withdrawn", "record_withdrawal", "take_withdrawals"]
