"""Answers made for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kpi_reporting.answers.facts import Answer, Filed, Found

FILED = Filed(
    submission_id=7, source_code="communes", channel="drop_folder", file_name="báo cáo.xlsx",
    received_at=datetime(2025, 7, 16, 13, tzinfo=UTC), sha256="ab" * 32, landing_uri="memory://x", state="rejected",
    reason=None, sender_code="14758", sender_vi="Phường Hàm Rồng", form_code="HS-01", form_vi="Hồ sơ",
    period_code="2025-M07", is_known=True,
)  # fmt: skip
ERROR = Found(
    "structure.figure_unreadable", "error", "structure", "Biểu", "D8", "received_online", "ba mươi",
    "Ô số liệu không đọc được thành số.", "A figure cannot be read.", "Nhập lại ô này bằng số.",
)  # fmt: skip
WARNING = replace(
    ERROR, rule_id="short_sum", severity="warning", cell="D7", found="12", message_vi="Tổng bỏ sót dòng."
)


def answer(*found: Found, **filed: object) -> Answer:
    """An answer about one filing."""
    return Answer(replace(FILED, **filed), found)  # type: ignore[arg-type]
