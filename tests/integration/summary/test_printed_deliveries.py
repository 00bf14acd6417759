"""What was signed and delivered, printed from a real warehouse."""

from __future__ import annotations

import psycopg

from kpi_reporting.board import print_deliveries
from kpi_reporting.national import enqueue, prepare_signoff, record_decision
from tests.integration.summary.night import (
    SIGNED_AT,
    Printed,
)


def sign(conn: psycopg.Connection, decision: str = "approved") -> None:
    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, decision, "chi.lanh.dao", SIGNED_AT, None)
    if decision == "approved":
        assert enqueue(conn, signoff.publication_id) == 4


def answer(conn: psycopg.Connection, packet: str, state: str, detail: str | None = None) -> None:
    conn.execute(
        "insert into national.deliveries (message_id, state, attempted_at, http_status, receipt, detail) "
        "select message_id, %s, clock_timestamp(), 200, '{}', %s from national.outbox where packet = %s",
        (state, detail, packet),
    )


def test_nothing_leaves_before_the_signature(printed: Printed) -> None:
    deliveries = printed(print_deliveries)
    assert "Publication 1 waits for a signature" in deliveries
    assert "Nothing was delivered: no approved figures are queued." in deliveries


def test_a_refused_publication_names_who_refused_it(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn, "refused")
    deliveries = printed(print_deliveries)
    assert "Publication 1 was refused by chi.lanh.dao on 2025-07-17 08:12." in deliveries
    assert "waits for a signature" not in deliveries
    assert "Nothing was delivered" in deliveries


def test_approved_and_unsent_says_so(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    deliveries = printed(print_deliveries)
    assert "packet messages new accepted waiting receipts newest sign-off\n" in deliveries
    assert "kpi_data 1 1 0 1 0 chi.lanh.dao, 2025-07-17 08:12\n" in deliveries
    assert "have not been sent" in deliveries


def test_deliveries_tell_receipts_and_refused_items(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    answer(conn, "indicator_catalogue", "unknown", "HTTP 500")
    answer(conn, "kpi_set", "accepted")
    answer(conn, "kpi_data", "part_refused", "refused: ONLINE/ONLINE-a (unknown code)")
    deliveries = printed(print_deliveries)
    assert (
        "packet messages new accepted part refused not known waiting receipts newest sign-off\n" in deliveries
    )
    assert "indicator_catalogue 1 1 0 0 1 0 0 chi.lanh.dao" in deliveries
    assert "kpi_set 1 1 1 0 0 0 1 chi.lanh.dao" in deliveries
    assert "kpi_data 1 1 0 1 0 0 1 chi.lanh.dao" in deliveries
    assert (
        "kpi_data/administrative/2025-M07 revision 1, part refused: refused: ONLINE/ONLINE-a (unknown code)"
        in deliveries
    )
    assert "Nothing was delivered" not in deliveries


def test_the_last_decision_is_told(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    conn.execute(
        "insert into national.approvals (publication_id, content_sha256, decision, approver, decided_at, note) "
        "values (1, 'other', 'refused', 'anh.khac', %s, 'xem lại')",
        (SIGNED_AT,),
    )
    deliveries = printed(print_deliveries)
    assert "Publication 1 was refused by anh.khac on 2025-07-17 08:12 (xem lại)." in deliveries
    assert "approved by" not in deliveries


def test_of_several_revisions_the_latest_is_counted(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    answer(conn, "kpi_data", "accepted")
    conn.execute(
        """
        with message as (
            insert into national.outbox (idempotency_key, packet, business_key, revision, approval_id, sha256, body)
            select 'k2', packet, business_key, 2, approval_id, sha256, body from national.outbox where packet = 'kpi_data'
            returning message_id
        )

        insert into national.deliveries (message_id, state, attempted_at)
        select message_id, 'ready', clock_timestamp() from message
        """
    )
    assert "kpi_data 1 1 0 1 0 chi.lanh.dao" in printed(print_deliveries)
