"""Delivery against a real HTTP server that misbehaves on demand."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest

from kpi_reporting.errors import NationalError
from kpi_reporting.national import deliver, enqueue, idempotency_key, prepare_signoff, record_decision
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night

NIGHT = Night(datetime(2025, 7, 16, 18, tzinfo=UTC), Path(), Path())
NOW = datetime(2025, 7, 17, 1, tzinfo=UTC)
ACCEPTED: tuple[int, dict[str, Any]] = (200, {"status": "accepted", "receipt_id": "R1", "items": []})


@dataclass
class NationalSystem:
    """What the server received, and what it does with the next packets: answers, or None for no answer in time."""

    base_url: str = ""
    token: str = "secret"
    posts: list[tuple[str, str, bytes]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    next_answers: list[tuple[int, dict[str, Any]] | None] = field(default_factory=list)

    def packets(self) -> list[str]:
        return [packet for packet, _, _ in self.posts]


def handler(system: NationalSystem) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            system.posts.append((self.path.removeprefix("/packets/"), key, body))
            planned = system.next_answers.pop(0) if system.next_answers else ACCEPTED
            if planned is None:
                system.kept[key] = ACCEPTED[1]
                time.sleep(1.5)
                return
            if planned[0] == 200:
                system.kept[key] = planned[1]
            self.answer(*planned)

        def do_GET(self) -> None:
            key = self.path.split("/")[2]
            system.questions.append(key)
            self.answer(200, system.kept[key]) if key in system.kept else self.answer(404, {})

        def answer(self, status: int, content: dict[str, Any]) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def system() -> Iterator[NationalSystem]:
    system = NationalSystem()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(system))
    system.base_url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield system
    server.shutdown()
    server.server_close()


PUBLISHED = """
insert into reporting.publications (night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed)
values ('n', '2025-07-17 01:00+07', 'r', 'first', 3, 0, 0);
insert into reporting.units values
    ('38@2025-07-01', '38', 'province', 'Tỉnh', 'Tỉnh Thanh Hóa', null, 'x', null, '2025-07-01', null, null, true, 1);
insert into reporting.periods values ('administrative', '2025-M07', 'month', 2025, 7, '2025-06-15', '2025-07-14', null, 1);
insert into reporting.kpis values
    ('DT03', 'DT03-plan', 1, 'Hồ sơ trực tuyến', 'Online', null, null, '%', 2, 'higher', true, true, '2020-10-06', null, 3, null, false, 1);
insert into reporting.kpi_values values
    ('DT03', 'DT03-plan', 1, '38@2025-07-01', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14',
     63.41, 6341, 10000, '%', 180, 181, 'partial', null, true, false, 'T', 1, '>=', 75, null, 'behind', false, 1, 1),
    ('DT03', 'DT03-a', 1, '38@2025-07-01', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14',
     50, 1, 2, '%', 180, 181, 'partial', null, false, false, null, null, null, null, null, 'no_target', false, 1, 1);
insert into reporting.obligations values
    ('a@2025-07-01', 'a', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', 'provisional', 1, null, false, 1),
    ('b@2025-07-01', 'b', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', 'late', null, null, true, 1);
"""


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    """One published province, approved and queued."""
    with connect(warehouse_dsn) as conn:
        conn.execute(
            """
            truncate reporting.publications, reporting.units, reporting.periods, reporting.kpis, reporting.kpi_values,
                reporting.obligations, national.approvals, national.outbox, national.deliveries
            restart identity cascade
            """
        )
        conn.execute(PUBLISHED.encode())
        approve_and_queue(conn)
        yield conn


def approve_and_queue(conn: psycopg.Connection) -> int:
    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)
    queued = enqueue(conn, signoff.publication_id)
    conn.commit()
    return queued


def publish_again(conn: psycopg.Connection, content: str, change: str) -> None:
    conn.execute(change.encode())
    conn.execute(
        """
        insert into reporting.publications (
            night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
        ) values ('n2', '2025-07-18 01:00+07', 'r', %s, 0, 1, 0)
        """,
        (content,),
    )


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


def test_only_signed_off_figures_leave(conn: psycopg.Connection, system: NationalSystem) -> None:
    deliver(conn, system, NIGHT)
    publish_again(
        conn, "second", "update reporting.kpi_values set value = 65 where formula_code = 'DT03-plan'"
    )
    with pytest.raises(NationalError, match="not approved"):
        enqueue(conn, 2)
    with pytest.raises(NationalError, match="changed since"):
        enqueue(conn, 1)

    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, "refused", "chi.lanh.dao", NOW, "xem lại số liệu")
    with pytest.raises(NationalError, match="not approved"):
        enqueue(conn, 2)
    assert prepare_signoff(conn) is None


def test_a_signature_under_figures_that_changed_meanwhile_is_not_kept(conn: psycopg.Connection) -> None:
    publish_again(conn, "second", "select 1")
    signoff = prepare_signoff(conn)
    assert signoff is not None
    publish_again(conn, "third", "select 1")
    with pytest.raises(NationalError, match="changed before they were signed off"):
        record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)


def test_a_decision_is_kept_once_and_not_overwritten(conn: psycopg.Connection) -> None:
    publish_again(conn, "second", "select 1")
    signoff = prepare_signoff(conn)
    assert signoff is not None
    assert "| DT03 (DT03-plan)" not in signoff.summary  # nothing new since the last approval
    record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)
    record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)
    assert conn.execute("select count(*) from national.approvals").fetchone() == (2,)
    with pytest.raises(NationalError, match="already approved by chi.lanh.dao"):
        record_decision(conn, signoff, "refused", "anh.khac", NOW, None)
