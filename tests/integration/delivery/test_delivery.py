"""Delivery against a real HTTP server that misbehaves on demand."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.errors import NationalError
from kpi_reporting.national import deliver, enqueue, idempotency_key, prepare_signoff
from kpi_reporting.warehouse.nights import Night
from tests.integration.delivery.national_server import ACCEPTED, NationalSystem
from tests.integration.published import NOW, approve_and_queue, publish_again

NIGHT = Night(datetime(2025, 7, 16, 18, tzinfo=UTC), Path(), Path())


def states(conn: psycopg.Connection) -> dict[str, str]:
    rows = conn.execute(
        """
        select distinct on (message_id) business_key || '#' || revision, state
        from national.deliveries inner join national.outbox using (message_id)
        order by message_id, delivery_id desc
        """
    ).fetchall()
    return dict(rows)


def test_four_packets_leave_with_exact_figures_and_their_receipts_stay(
    conn: psycopg.Connection, system: NationalSystem
) -> None:
    summary = deliver(conn, system, NIGHT)

    assert summary.accepted == 4
    assert system.packets() == ["indicator_catalogue", "kpi_set", "kpi_data", "report_status"]
    data = json.loads(system.posts[2][2])
    (item,) = data["items"]
    assert (item["key"], item["value"], item["confirmed"]) == ("DT03/DT03-plan", "63.41", False)
    assert data["period"]["first_day"] == "2025-06-15"
    (status,) = json.loads(system.posts[3][2])["items"]
    assert (status["owed"], status["received"], status["missing"]) == (2, 1, 1)
    _, key, body = system.posts[2]
    assert key == idempotency_key("kpi_data/administrative/2025-M07", hashlib.sha256(body).hexdigest())
    receipt = conn.execute("select receipt from national.deliveries where state = 'accepted'").fetchone()
    assert receipt is not None
    assert json.loads(receipt[0])["receipt_id"] == "R1"


def test_nothing_new_is_not_sent_again(conn: psycopg.Connection, system: NationalSystem) -> None:
    deliver(conn, system, NIGHT)
    assert prepare_signoff(conn) is None
    assert enqueue(conn, 1) == 0
    assert deliver(conn, system, NIGHT).accepted == 0
    assert len(system.posts) == 4


def test_a_correction_is_the_next_revision_of_its_packet_alone(
    conn: psycopg.Connection, system: NationalSystem
) -> None:
    deliver(conn, system, NIGHT)
    first_body = system.posts[2][2]
    publish_again(
        conn, "second", "update reporting.kpi_values set value = 64 where formula_code = 'DT03-plan'"
    )
    assert approve_and_queue(conn) == 1
    assert deliver(conn, system, NIGHT).messages == ("kpi_data/administrative/2025-M07 revision 2",)
    sent = conn.execute(
        "select body from national.outbox where packet = 'kpi_data' order by revision"
    ).fetchone()
    assert sent is not None
    assert bytes(sent[0]) == first_body


def test_a_server_error_stops_one_message_and_is_tried_again(
    conn: psycopg.Connection, system: NationalSystem
) -> None:
    system.next_answers = [ACCEPTED, ACCEPTED, (500, {"error": "out of order"})]
    with pytest.raises(
        NationalError, match=r"1 of 4 messages:\n  kpi_data/administrative/2025-M07 revision 1: .*HTTP 500"
    ):
        deliver(conn, system, NIGHT)
    assert states(conn)["report_status/administrative/2025-M07#1"] == "accepted"

    assert deliver(conn, system, NIGHT).messages == ("kpi_data/administrative/2025-M07 revision 1",)
    assert len(system.questions) == 1
    assert system.packets().count("kpi_data") == 2


def test_a_timeout_after_accepting_leads_to_a_question_not_a_copy(
    conn: psycopg.Connection, system: NationalSystem
) -> None:
    system.next_answers = [ACCEPTED, ACCEPTED, None]
    with pytest.raises(NationalError, match="not known whether it arrived"):
        deliver(conn, system, NIGHT, timeout_seconds=0.5)
    assert states(conn)["kpi_data/administrative/2025-M07#1"] == "unknown"

    assert deliver(conn, system, NIGHT).accepted == 1
    assert system.packets().count("kpi_data") == 1


def test_a_crash_between_sending_and_its_answer_leads_to_a_question(
    conn: psycopg.Connection, system: NationalSystem
) -> None:
    conn.execute(
        "insert into national.deliveries (message_id, state, attempted_at) select message_id, 'sent', %s from national.outbox",
        (NOW,),
    )
    conn.commit()
    assert deliver(conn, system, NIGHT).accepted == 4
    assert len(system.questions) == 4


def test_a_refused_item_inside_a_200_is_a_failure_that_names_it(
    conn: psycopg.Connection, system: NationalSystem
) -> None:
    refused = {"key": "DT03/DT03-plan", "status": "refused", "reason": "unknown code"}
    system.next_answers = [
        ACCEPTED,
        ACCEPTED,
        (200, {"status": "part_refused", "receipt_id": "R", "items": [refused]}),
    ]
    with pytest.raises(NationalError, match=r"refused in part – refused: DT03/DT03-plan \(unknown code\)"):
        deliver(conn, system, NIGHT)
    assert states(conn)["kpi_data/administrative/2025-M07#1"] == "part_refused"
    with pytest.raises(NationalError, match="unknown code"):
        deliver(conn, system, NIGHT)
    assert system.packets().count("kpi_data") == 1


def test_an_answer_that_says_accepted_while_an_item_is_refused_is_not_believed(
    conn: psycopg.Connection, system: NationalSystem
) -> None:
    refused = {"key": "DT03", "status": "refused", "reason": "no"}
    system.next_answers = [(200, {"status": "accepted", "items": [refused]})]
    with pytest.raises(NationalError, match="refused in part"):
        deliver(conn, system, NIGHT)


def test_a_refusal_is_a_failure_and_is_tried_again(conn: psycopg.Connection, system: NationalSystem) -> None:
    system.next_answers = [(401, {"error": "bad token"})]
    with pytest.raises(NationalError, match="indicator_catalogue revision 1: refused – HTTP 401"):
        deliver(conn, system, NIGHT)
    assert deliver(conn, system, NIGHT).accepted == 1


def test_nobody_answers(conn: psycopg.Connection, system: NationalSystem) -> None:
    nobody = NationalSystem(base_url="http://127.0.0.1:9")
    with pytest.raises(NationalError, match="did not accept 4 of 4 messages"):
        deliver(conn, nobody, NIGHT)
    assert deliver(conn, system, NIGHT).accepted == 4
