"""Sign-off: a person approves or refuses exactly the figures of one publication, named by their hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from kpi_reporting.errors import NationalError
from kpi_reporting.national.restated import restated_since_signature

_SHOWN = 40

_LATEST = """
select p.publication_id, p.content_sha256, p.as_of, p.rows_added, p.rows_changed, p.rows_removed
from reporting.publications as p
order by p.publication_id desc limit 1
"""

_LAST_DECISION = """
select content_sha256 from national.approvals order by approval_id desc limit 1
"""

_FIGURES = """
select
    v.kpi_code, v.formula_code, v.period_code, v.calendar_code, v.value, v.unit_of_measure, v.target_operator,
    v.target_value, v.target_status, v.data_state, v.units_counted, v.units_owed, v.confirmed, v.is_stale
from reporting.kpi_values as v
inner join reporting.units as u using (unit_id)
left join reporting.kpis as k using (kpi_code, formula_code, formula_version)
where
    u.parent_id is null and v.is_primary and v.value is not null
    and v.publication_id > (
        select coalesce(max(publication_id), 0) from national.approvals where decision = 'approved'
    )
order by v.last_day desc, v.first_day, k.sort_order, v.kpi_code, v.formula_code
"""

_DECIDE = """
insert into national.approvals (publication_id, content_sha256, decision, approver, decided_at, note)
values (%s, %s, %s, %s, %s, %s)
on conflict (publication_id, content_sha256) do nothing
"""

_STATES_VI = {"complete": "đủ", "partial": "chưa đủ đơn vị", "absent": "chưa có"}
_TARGETS_VI = {
    "reached": "đạt",
    "on_track": "chưa đến hạn",
    "behind": "chưa đạt",
    "not_comparable": "không so sánh được",
}


@dataclass(frozen=True)
class Signoff:
    """A publication that awaits a decision; ``summary`` is Markdown in Vietnamese for the approver."""

    publication_id: int
    content_sha256: str
    summary: str


def prepare_signoff(conn: psycopg.Connection) -> Signoff | None:
    """Return the latest publication if its figures differ from those last decided on, else None.

    A signature covers exactly what was shown, so every restatement asks for a new one; the summary says which are
    material.
    """
    latest = conn.execute(_LATEST).fetchone()
    decided = conn.execute(_LAST_DECISION).fetchone()
    if latest is None or (decided is not None and decided[0] == latest[1]):
        return None
    publication_id, content, as_of, *counts = latest
    return Signoff(publication_id, content, _summary(conn, publication_id, content, as_of, counts))


def record_decision(
    conn: psycopg.Connection,
    signoff: Signoff,
    decision: str,
    approver: str,
    decided_at: datetime,
    note: str | None,
) -> None:
    """Keep who decided what about exactly these figures; the same decision twice is kept once.

    Raises:
        NationalError: the figures changed since they were shown, or were already decided otherwise.
    """
    latest = conn.execute(_LATEST).fetchone()
    if latest is None or latest[1] != signoff.content_sha256:
        raise NationalError(
            f"The figures of publication {signoff.publication_id} changed before they were signed off; "
            "the decision was not kept. Open the new sign-off of the latest publication."
        )
    row = (signoff.publication_id, signoff.content_sha256, decision, approver, decided_at, note)
    if conn.execute(_DECIDE, row).rowcount == 0:
        _refuse_another_decision(conn, signoff, decision)


def _refuse_another_decision(conn: psycopg.Connection, signoff: Signoff, decision: str) -> None:
    kept = conn.execute(
        "select decision, approver from national.approvals where publication_id = %s and content_sha256 = %s",
        (signoff.publication_id, signoff.content_sha256),
    ).fetchone()
    if kept and kept[0] != decision:
        raise NationalError(
            f"Publication {signoff.publication_id} was already {kept[0]} by {kept[1]}; a decision is not overwritten."
        )


def _summary(
    conn: psycopg.Connection, publication_id: int, content: str, as_of: datetime, counts: list[int]
) -> str:
    figures = conn.execute(_FIGURES).fetchall()
    lines = [
        f"Lần công bố **{publication_id}**, số liệu tính đến {as_of:%d/%m/%Y %H:%M}.",
        f"Dòng thêm: {counts[0]}, dòng đổi: {counts[1]}, dòng bỏ: {counts[2]}. Mã băm số liệu: `{content}`.",
        "",
        *restated_since_signature(conn),
        "| Chỉ số | Kỳ | Giá trị | Mục tiêu | Ghi chú |",
        "|---|---|---|---|---|",
        *(_line(row) for row in figures[:_SHOWN]),
    ]
    if len(figures) > _SHOWN:
        lines.append(f"\n… và {len(figures) - _SHOWN} giá trị khác trong bảng reporting.kpi_values.")
    return "\n".join(lines)


def _line(row: tuple[object, ...]) -> str:
    (
        kpi,
        formula,
        period,
        calendar,
        value,
        unit,
        operator,
        target,
        status,
        state,
        counted,
        owed,
        sure,
        stale,
    ) = row
    aim = f"{operator} {target} ({_TARGETS_VI.get(str(status), str(status))})" if target is not None else "–"
    notes = [_STATES_VI.get(str(state), str(state)), f"{counted}/{owed} đơn vị"]
    notes += [] if sure else ["công thức hoặc mục tiêu chưa được xác nhận"]
    notes += ["giữ giá trị cũ vì số mới bị chặn"] if stale else []
    return f"| {kpi} ({formula}) | {period} ({calendar}) | {value} {unit} | {aim} | {', '.join(notes)} |"
