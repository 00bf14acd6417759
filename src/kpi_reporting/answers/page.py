"""The summary of one filing: a page to read and print, and the same for programs."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from kpi_reporting.answers.facts import Answer, Found
from kpi_reporting.periods import ZONE

if TYPE_CHECKING:
    from jinja2 import Template

_MOST_PLACES = 40
_VERDICTS = {
    "accepted": ("good", "Báo cáo đã được tiếp nhận"),
    "rejected": ("bad", "Báo cáo chưa được tiếp nhận"),
    "refused": ("bad", "Báo cáo chưa được tiếp nhận"),
    "held": ("waits", "Báo cáo được giữ lại, chưa được tính"),
    "duplicate": ("waits", "Báo cáo trùng với báo cáo đã nhận trước đó"),
    "unpacked": ("good", "Tệp gồm nhiều báo cáo: từng báo cáo trong tệp được trả lời riêng"),
    "superseded": ("waits", "Báo cáo đã được thay bằng báo cáo gửi sau"),
    "withdrawn": ("waits", "Báo cáo đã được rút theo đề nghị"),
}
_WAITING = ("waits", "Báo cáo đang chờ kiểm tra")
_HEADINGS = {
    "error": "Phải sửa rồi gửi lại",
    "warning": "Cần kiểm tra",
    "info": "Lưu ý",
}
_NEXT = {
    "bad": "Sửa các lỗi dưới đây trong báo cáo của đơn vị rồi gửi lại qua đúng nơi đã gửi, dưới tên tệp bất kỳ. "
    "Báo cáo gửi sau thay cho báo cáo này; các số đã công bố trước đó vẫn giữ nguyên cho đến khi báo cáo mới được "
    "tiếp nhận.",
    "good": "Không phải gửi lại. Nếu phát hiện sai sót, gửi báo cáo đã sửa trước thời điểm khóa sổ.",
    "waits": "Xem nội dung dưới đây; liên hệ đầu mối của tỉnh nếu cần.",
}
_ROW = re.compile(r"[A-Z]*(\d+)")


def summary_page(answer: Answer) -> str:
    """Return one page of HTML that holds no script, loads nothing and escapes what comes from the file."""
    mood, verdict = _VERDICTS.get(answer.filed.state, _WAITING)
    groups = [
        (severity, heading, [_told(same_rule) for same_rule in answer.by_rule(severity)])
        for severity, heading in _HEADINGS.items()
        if answer.counts[severity]
    ]
    return _template().render(
        filed=answer.filed,
        file_name="(không ghi)" if answer.is_secret else answer.filed.file_name,
        received=answer.filed.received_at.astimezone(ZONE),
        mood=mood,
        verdict=verdict,
        next_step=_NEXT[mood],
        counts=answer.counts,
        groups=groups,
    )


def _told(same_rule: list[Found]) -> dict[str, Any]:
    """A rule as the page tells it: each sentence once, then the places with what stands there."""
    return {
        "rule_id": same_rule[0].rule_id,
        "messages": list(dict.fromkeys(one.message_vi for one in same_rule))[:_MOST_PLACES],
        "action": same_rule[0].action_vi,
        "places": [one for one in same_rule if one.cell or one.found][:_MOST_PLACES],
        "more": max(0, len(same_rule) - _MOST_PLACES),
    }


def summary_payload(answer: Answer) -> str:
    """Return the same as JSON: codes, addresses and counts; ``pointer`` is an RFC 6901 path into the payload."""
    filed = answer.filed
    told = {
        "submission": filed.submission_id,
        "sender": filed.sender_code if filed.is_known else None,
        "form": filed.form_code,
        "period": filed.period_code,
        "state": filed.state,
        "received_at": filed.received_at.astimezone(ZONE).isoformat(),
        "sha256": filed.sha256,
        "counts": answer.counts,
        "findings": [_as_payload(one) for one in answer.found],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _as_payload(one: Found) -> dict[str, str | None]:
    row = _ROW.fullmatch(one.cell or "")
    return {
        "rule": one.rule_id,
        "severity": one.severity,
        "layer": one.layer,
        "cell": one.cell,
        "pointer": f"/rows/{int(row[1]) - 2}" if row and int(row[1]) > 1 else None,
        "subject": one.subject or None,
        "found": one.found,
        "message_vi": one.message_vi,
        "message_en": one.message_en,
        "action_vi": one.action_vi,
    }


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__ or "", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("summary.html.j2")
