"""A digest as a mail: plain text, and the same as HTML with everything escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING

from kpi_reporting.periods import ZONE, day_of
from kpi_reporting.reminders.digests import Digest, Owed

if TYPE_CHECKING:
    from jinja2 import Template

_MARK = "*"
_UNCONFIRMED = f"{_MARK} Mã biểu và hạn gửi đang chờ cơ quan chủ trì xác nhận."
_FILE = (
    "Cách gửi: điền biểu mẫu của đơn vị rồi gửi qua đúng nơi đơn vị vẫn gửi báo cáo. Nếu trong kỳ không phát sinh, "
    "vẫn gửi báo cáo, với dòng “Không phát sinh” ở đầu trang và chữ “có” ở ô bên phải."
)
_CHECK = (
    "Kiểm tra trước khi gửi: ở nơi đã cài công cụ, chạy kpi-reporting check “tên tệp.xlsx”; kết quả cho biết "
    "báo cáo có được tiếp nhận không và phải sửa ô nào."
)
_AUTOMATIC = (
    "Nếu đơn vị đã gửi sau thời điểm trên, xin bỏ qua thư này. Thư do hệ thống tổng hợp chỉ số gửi tự động."
)
HOW_TO = (_FILE, _CHECK, _AUTOMATIC)


def message_of(digest: Digest, registry_code: str, from_email: str) -> EmailMessage:
    """Return the mail; its Message-ID is the same whenever it is made for this sender on this day."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(digest)
    message["From"] = from_email
    message["To"] = ", ".join(digest.addresses)
    message["Date"] = format_datetime(digest.as_of)
    message["Message-ID"] = message_id(digest, registry_code, from_email)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain_text(digest))
    message.add_alternative(page(digest), subtype="html")
    return message


def message_id(digest: Digest, registry_code: str, from_email: str) -> str:
    """Return the name by which a mailbox knows a mail it has already: of registry, sender and day."""
    named = f"{registry_code}/{digest.unit_code}/{day_of(digest.as_of)}"
    return f"<reminder.{hashlib.sha256(named.encode()).hexdigest()[:32]}@{from_email.rpartition('@')[2]}>"


def subject(digest: Digest) -> str:
    """Return the subject: how many are missing, how many of them are late."""
    late = f", {digest.late} đã quá hạn" if digest.late else ""
    return f"Nhắc gửi báo cáo: {len(digest.owed)} báo cáo chưa nhận được{late} – {_line(digest.unit_vi)}"


def plain_text(digest: Digest) -> str:
    """Return the digest as text."""
    listed = (
        f"{number}. {row['title']}\n   Kỳ báo cáo: {row['period']}\n   Hạn gửi: {row['due']}\n   Khóa sổ: {row['lock']}"
        for number, row in enumerate(rows(digest), 1)
    )
    parts = [greeting(digest), known(digest), *listed, *HOW_TO]
    if has_unconfirmed(digest):
        parts.append(_UNCONFIRMED)
    return "\n\n".join(parts) + "\n"


def page(digest: Digest) -> str:
    """Return the same as HTML that loads nothing."""
    return _template().render(
        subject=subject(digest),
        greeting=greeting(digest),
        known=known(digest),
        rows=list(rows(digest)),
        how_to=HOW_TO,
        unconfirmed=_UNCONFIRMED if has_unconfirmed(digest) else "",
    )


def greeting(digest: Digest) -> str:
    """Return to whom it speaks."""
    return f"Kính gửi {_line(digest.unit_vi)} ({digest.unit_code}),"


def known(digest: Digest) -> str:
    """Return what is said of all, and since when it is known."""
    return (
        f"Theo số liệu đến {_instant(digest.known_at)}, hệ thống chưa nhận được các báo cáo sau của đơn vị:"
    )


def rows(digest: Digest) -> Iterator[dict[str, str]]:
    """Yield each form with its period and both instants, in words."""
    for one, form in zip(digest.owed, digest.forms, strict=True):
        mark = "" if form is not None and form.confirmed else _MARK
        name = f" – {_line(form.name_vi)}" if form else ""
        whose = "" if one.unit_code == digest.unit_code else f", của {_line(one.unit_vi)} ({one.unit_code})"
        late = " (đã quá hạn)" if one.due_at < digest.as_of else ""
        yield {
            "title": f"{one.form_code}{name}{mark}{whose}",
            "period": _period(one),
            "due": f"{_instant(one.due_at)}{late}",
            "lock": f"{_instant(one.lock_at)}; báo cáo đến sau được giữ lại, chưa được tính",
        }


def has_unconfirmed(digest: Digest) -> bool:
    """Say whether something in it awaits confirmation."""
    return any(form is None or not form.confirmed for form in digest.forms)


def _line(text: str) -> str:
    """A name on one line: a header may not be broken by what stands in a registry."""
    return " ".join(text.split())


def _period(one: Owed) -> str:
    return f"{one.period_code} ({one.first_day:%d/%m/%Y} – {one.last_day:%d/%m/%Y})"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M ngày %d/%m/%Y}"


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__ or "", "."), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("reminder.html.j2")
