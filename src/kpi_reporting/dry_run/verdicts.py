"""What came of each file, in the words its sender reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row

from kpi_reporting.dry_run.offers import Placed
from kpi_reporting.findings import Finding
from kpi_reporting.periods import ZONE
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.withheld import withheld_origin

Outcome = Literal[
    "accepted",
    "superseded",
    "duplicate",
    "held",
    "refused",
    "rejected",
    "read",
    "unpacked",
    "known",
    "not_collected",
]
_HELPFUL: frozenset[Outcome] = frozenset({"accepted", "superseded", "duplicate", "unpacked", "known"})

_STATES = """
select
    s.submission_id, s.origin, s.sha256, s.file_name, s.received_at, g.sender_code, g.form_code, g.form_version,
    g.period_code, now.state, now.reason, s.submission_id >= %(first)s as is_new,
    (
        select o.file_name
        from raw.submission_states as t
        inner join raw.submissions as o using (submission_id)
        where
            t.night_id = %(night_id)s and t.state = 'superseded'
            and t.reason = 'replaced by submission ' || s.submission_id
        order by t.state_seq desc limit 1
    ) as replaced_name
from raw.submissions as s
left join raw.readings as g using (submission_id)
inner join lateral (
    select t.state, t.reason from raw.submission_states as t
    where t.submission_id = s.submission_id
    order by t.state_seq desc limit 1
) as now on true
where
    s.origin = any(%(origins)s)
    or exists (
        select from raw.submissions as a
        inner join raw.submission_states as t using (submission_id)
        where
            t.state = 'unpacked' and a.submission_id >= %(first)s and a.origin = any(%(origins)s)
            and a.source_code = s.source_code and starts_with(s.origin, a.origin || '/')
    )
order by s.submission_id
"""
# A rule that could not run says so of its form, not of a file.
_FINDINGS = """
select
    f.layer, f.rule_id, f.severity, f.message_vi, f.message_en, f.action_vi, f.submission_id, f.sender_code,
    f.form_code, f.period_code, f.file_name, f.sheet_name, f.cell, f.subject, f.found
from quality.findings as f
where
    f.night_id = %(night_id)s
    and (
        f.submission_id = %(submission_id)s
        or (%(waits)s and f.submission_id is null and f.form_code = %(form_code)s)
    )
order by array_position(array['error', 'warning', 'info'], f.severity), f.finding_id
"""


@dataclass(frozen=True)
class Verdict:
    """What the night will make of a file; ``outcome`` is the state of the ledger, or why there will be none.

    ``replaces`` is the name of the filing in force that it replaces.
    """

    path: Path
    outcome: Outcome
    received_at: datetime
    sender_code: str | None = None
    form_code: str | None = None
    form_version: int | None = None
    period_code: str | None = None
    reason: str | None = None
    replaces: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_well(self) -> bool:
        """True when nothing has to be put right before the file is filed."""
        return self.outcome in _HELPFUL

    def sentence_vi(self) -> str:
        """Say it to the sender."""
        if self.outcome == "accepted" and self.replaces:
            return f"Sẽ được tiếp nhận và thay cho báo cáo “{self.replaces}” đang có hiệu lực."
        if self.outcome == "held":
            return f"Sẽ được giữ lại, chưa tính: nhận lúc {_local(self.received_at)}, sau thời điểm khóa sổ."
        return _SENTENCES[self.outcome]


_SENTENCES: Mapping[Outcome, str] = {
    "accepted": "Sẽ được tiếp nhận.",
    "superseded": "Hợp lệ nhưng không có hiệu lực: một báo cáo nhận sau đó cho cùng nghĩa vụ đã thay thế.",
    "duplicate": "Trùng hoàn toàn với báo cáo đã nhận cho cùng nghĩa vụ: không xử lý lại.",
    "refused": "Sẽ bị từ chối: không đọc được thành báo cáo. Sửa các lỗi dưới đây rồi kiểm tra lại.",
    "rejected": "Sẽ bị từ chối: số liệu có lỗi. Sửa các lỗi dưới đây rồi kiểm tra lại.",
    "read": "Chưa kết luận được: một quy tắc kiểm tra của biểu này không chạy được; tỉnh phải sửa quy tắc.",
    "unpacked": "Tệp gồm nhiều báo cáo: từng báo cáo được kiểm tra riêng, kết quả ở dưới.",
    "known": "Đã nhận đúng tệp này dưới đúng tên này: gửi lại không thay đổi gì.",
    "not_collected": "Sẽ không được thu nhận: nguồn đã đóng, tên tệp không thuộc nguồn, hoặc là tệp tạm.",
}


@dataclass(frozen=True)
class _Found:
    submission_id: int
    origin: str
    sha256: str
    file_name: str
    received_at: datetime
    sender_code: str | None
    form_code: str | None
    form_version: int | None
    period_code: str | None
    state: Outcome
    reason: str | None
    is_new: bool
    replaced_name: str | None


def give_verdicts(
    conn: psycopg.Connection, night: Night, placed: Sequence[Placed], first: int
) -> list[Verdict]:
    """Tell what came of each file in the order given, and of the reports in a file of several behind it.

    ``first`` is the number of the first new submission.
    """
    names = [name for one in placed for name in _names(one)]
    asked = {"night_id": night.night_id, "origins": names, "first": first}
    with conn.transaction(), conn.cursor(row_factory=class_row(_Found)) as cursor:
        found = {(one.origin, one.sha256): one for one in cursor.execute(_STATES, asked).fetchall()}
        return [verdict for one in placed for verdict in _verdicts(conn, night, one, found)]


def _verdicts(
    conn: psycopg.Connection, night: Night, one: Placed, found: Mapping[tuple[str, str], _Found]
) -> Iterator[Verdict]:
    filed = next((found[name, one.sha256] for name in _names(one) if (name, one.sha256) in found), None)
    if filed is None:
        yield Verdict(one.path, "not_collected", one.received_at)
        return
    yield _verdict(conn, night, one.path, filed)
    if filed.state == "unpacked" and filed.is_new:
        inside = (report for report in found.values() if report.origin.startswith(f"{filed.origin}/"))
        for report in inside:
            yield _verdict(conn, night, one.path / report.origin.removeprefix(f"{filed.origin}/"), report)


def _names(one: Placed) -> tuple[str, str]:
    """The name under which a file stands in the ledger, and the one that stands for it when it is withheld."""
    return one.origin, withheld_origin(one.source.location, one.origin)


def _verdict(conn: psycopg.Connection, night: Night, path: Path, filed: _Found) -> Verdict:
    return Verdict(
        path, filed.state if filed.is_new else "known", filed.received_at, filed.sender_code, filed.form_code,
        filed.form_version, filed.period_code, filed.reason, filed.replaced_name,
        _findings(conn, night, filed) if filed.is_new else (),
    )  # fmt: skip


def _findings(conn: psycopg.Connection, night: Night, filed: _Found) -> tuple[Finding, ...]:
    asked = {
        "night_id": night.night_id,
        "submission_id": filed.submission_id,
        "form_code": filed.form_code,
        "waits": filed.state == "read",
    }
    with conn.cursor(row_factory=class_row(Finding)) as cursor:
        return tuple(cursor.execute(_FINDINGS, asked).fetchall())


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as plain values, for programs."""
    told = asdict(verdict)
    return {
        "file": str(told.pop("path")),
        **told,
        "received_at": verdict.received_at.isoformat(),
        "is_well": verdict.is_well,
        "sentence_vi": verdict.sentence_vi(),
        "findings": [
            {name: value for name, value in finding.items() if name != "submission_id"}
            for finding in told["findings"]
        ],
    }


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(ZONE):%H:%M ngày %d/%m/%Y}"
