"""What a digest says, and what it cannot be made to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from kpi_reporting.registry import load_registry
from kpi_reporting.reminders import Digest, Owed
from kpi_reporting.reminders.message import message_of, page, plain_text, subject
from tests.workbooks import THANH_HOA

AS_OF = datetime.fromisoformat("2025-07-16T08:00:00+07:00")
DUE = datetime.fromisoformat("2025-07-16T23:59:59+07:00")
OWED = Owed(
    "14758@2025-07-01", "14758", "Phường Hạc Thành", "HS-01", "2025-M07", date(2025, 6, 15), date(2025, 7, 14), DUE,
    DUE + timedelta(days=30),
)  # fmt: skip
FORM = next(form for form in load_registry(THANH_HOA).forms if form.form_code == "HS-01")
DIGEST = Digest(
    "14758", "Phường Hạc Thành", ("van-thu@14758.example",), 0, (OWED,), (FORM,), AS_OF, AS_OF.isoformat(), AS_OF
)  # fmt: skip
FROM = "nhac-viec@province.example"


def test_what_is_due_today_is_not_late() -> None:
    assert subject(DIGEST) == "Nhắc gửi báo cáo: 1 báo cáo chưa nhận được – Phường Hạc Thành"
    assert "đã quá hạn" not in plain_text(DIGEST)
    late = replace(DIGEST, as_of=DUE + timedelta(seconds=1))
    assert "1 đã quá hạn" in subject(late)
    assert "(đã quá hạn)" in plain_text(late)


def test_what_awaits_confirmation_is_marked() -> None:
    unconfirmed = replace(DIGEST, forms=(FORM.model_copy(update={"confirmed": False}),))
    confirmed = replace(DIGEST, forms=(FORM.model_copy(update={"confirmed": True}),))
    for text in (plain_text, page):
        assert f"{FORM.name_vi}*" in text(unconfirmed)
        assert "đang chờ cơ quan chủ trì xác nhận" in text(unconfirmed)
        assert "*" not in text(confirmed)


def test_the_form_of_another_unit_says_whose_it_is() -> None:
    told = plain_text(replace(DIGEST, unit_code="14812", unit_vi="Xã Khác"))
    assert "của Phường Hạc Thành (14758)" in told
    assert "của Phường" not in plain_text(DIGEST)


def test_a_name_with_a_line_break_makes_no_header() -> None:
    message = message_of(replace(DIGEST, unit_vi="Xã\r\nBcc: ai-do@example.vn"), "small", FROM)
    assert message["Bcc"] is None
    assert message["Subject"].endswith("Xã Bcc: ai-do@example.vn")


def test_a_mail_has_one_name_for_its_sender_and_day() -> None:
    def name(digest: Digest, registry: str = "small") -> str:
        return str(message_of(digest, registry, FROM)["Message-ID"])

    assert name(DIGEST) == name(replace(DIGEST, owed=(), forms=(), as_of=AS_OF + timedelta(hours=3)))
    others = {
        name(replace(DIGEST, as_of=AS_OF + timedelta(days=1))),
        name(replace(DIGEST, unit_code="14812")),
        name(DIGEST, "another"),
    }
    assert len(others | {name(DIGEST)}) == 4
    assert name(DIGEST).endswith("@province.example>")
