"""The marks everybody sees of reasons and waivers: findings beside those that would stop a filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg.rows import class_row

from kpi_reporting.catalogue import built_in
from kpi_reporting.checks.reasons import EXPLAINED, FINDINGS, WAIVERS
from kpi_reporting.findings import Finding
from kpi_reporting.warehouse.known import known
from kpi_reporting.warehouse.nights import Night

_TOLD = f"""
select
    f.submission_id, s.sender_code, s.form_code, s.period_code, s.file_name, f.rule_id, f.severity,
    {EXPLAINED} as is_explained, (select max(w.until_day) from {WAIVERS}) as waived_until
from {FINDINGS} as f
{known("f")}
where
    f.submission_id = any(%(submissions)s) and f.night_id = %(night_id)s and f.layer <> 'readable'
    and (f.severity = 'error' or (f.severity = 'warning' and f.needs_reason))
"""


@dataclass(frozen=True)
class _Judged:
    """A finding that would stop its filing, and what was said to it."""

    submission_id: int
    sender_code: str | None
    form_code: str
    period_code: str
    file_name: str
    rule_id: str
    severity: str
    is_explained: bool
    waived_until: date | None

    def finding(self) -> Finding | None:
        """The mark everybody sees; None for an error that simply stands."""
        at = {"submission_id": self.submission_id, "sender_code": self.sender_code, "form_code": self.form_code,
              "period_code": self.period_code, "file_name": self.file_name, "subject": self.rule_id}  # fmt: skip
        if self.waived_until is not None:
            return built_in("structure.waived").finding(
                message_vi=f"Quy tắc {self.rule_id} được miễn đến hết ngày {self.waived_until:%d/%m/%Y} theo đề nghị "
                "đã được duyệt; báo cáo không bị giữ lại vì quy tắc này.",
                message_en=f"{self.rule_id} is waived until {self.waived_until}; it does not stop the filing.",
                **at,
            )
        if self.severity == "error":
            return None
        rule = built_in("structure.explained") if self.is_explained else built_in("structure.reason_missing")
        return rule.finding(
            message_vi=f"{rule.reason_vi} (Quy tắc {self.rule_id}.)",
            message_en=f"{rule.reason_en} ({self.rule_id}.)",
            **at,
        )


def marks(conn: psycopg.Connection, night: Night, submissions: list[int]) -> list[Finding]:
    """Return what is to be told of acts: which warnings miss their reason, have one, or are waived."""
    asked = {"submissions": submissions, "night_id": night.night_id, "as_of": night.as_of}
    with conn.cursor(row_factory=class_row(_Judged)) as cursor:
        judged = cursor.execute(_TOLD.encode(), asked).fetchall()
    return [finding for one in judged if (finding := one.finding()) is not None]
