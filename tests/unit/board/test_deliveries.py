"""What left for the national system."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest

from kpi_reporting.board.deliveries import (
    Decision,
    Message,
    deliveries_table,
    nothing_delivered,
    sign_off,
)
from kpi_reporting.board.screen import new_screen

AT = datetime.fromisoformat("2025-07-17T08:12:00+07:00")


def message(state: str, packet: str = "kpi_data", **changed: Any) -> Message:
    row = {
        "packet": packet, "business_key": f"{packet}/administrative/2025-M07", "revision": 1, "detail": None,
        "has_receipt": state == "accepted", "approval_id": 1, "approver": "chi.lanh.dao", "decided_at": AT,
    }  # fmt: skip
    return Message(**{**row, **changed}, state=state)


def printed(*messages: Message) -> list[str]:
    stream = io.StringIO()
    new_screen(stream).print(deliveries_table(messages))
    return [" ".join(line.split()) for line in stream.getvalue().splitlines()]


def test_messages_are_counted_by_packet_and_state_with_the_newest_sign_off() -> None:
    later = datetime.fromisoformat("2025-07-18T09:00:00+07:00")
    heading, catalogue, data = printed(
        message("accepted", "kpi_set"),
        message("accepted"),
        message("part_refused", approval_id=2, approver="anh.khac", decided_at=later, has_receipt=True),
    )
    assert heading == "packet messages new accepted part refused receipts newest sign-off"
    assert catalogue == "kpi_set 1 0 1 0 1 chi.lanh.dao, 2025-07-17 08:12"
    assert data == "kpi_data 2 1 1 1 2 anh.khac, 2025-07-18 09:00"


def test_no_state_is_cut_off() -> None:
    states = ("accepted", "part_refused", "refused", "unknown", "sent", "ready")
    text = " ".join(printed(*(message(state) for state in states)))
    assert "…" not in text
    assert "kpi_data 6 6 1 1 1 1 1 1 1 chi.lanh.dao" in text
    assert "08:12" in text


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([], "no approved figures are queued"),
        ([message("ready")], "have not been sent"),
        ([message("ready", detail="the connection was not taken")], "no message was accepted"),
        ([message("refused")], "no message was accepted"),
    ],
)
def test_nothing_delivered_has_a_reason(messages: list[Message], why: str) -> None:
    assert why in nothing_delivered(messages)


def test_a_decision_is_told_with_its_note_and_a_later_publication_still_waits() -> None:
    decision = Decision(3, "refused", "chi.lanh.dao", AT, "xem lại số liệu")
    assert list(sign_off(decision, 4)) == [
        "Publication 3 was refused by chi.lanh.dao on 2025-07-17 08:12 (xem lại số liệu).",
        "Publication 4 waits for a signature; until then nothing of it leaves.",
    ]
    assert list(sign_off(None, None)) == []
