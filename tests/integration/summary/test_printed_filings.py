"""Who filed, printed from a real warehouse."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import psycopg

from kpi_reporting.board import print_filings
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.warehouse.nights import Night
from tests.integration.summary.night import (
    AS_OF,
    Printed,
    open_later_night,
)


def test_filings_count_every_obligation_once(conn: psycopg.Connection, printed: Printed) -> None:
    filings = printed(print_filings)
    assert "Who filed: night of 2025-07-17 01:00" in filings
    assert "B-01 Hồ sơ tiếp nhận 2025-M07 2025-07-16 4 1 1 0 0 1 1 ███▓▓▓▒▒▒░░░ 50 %" in filings
    assert "B-01 2025-M07 overdue: Xã Chưa Nộp*\n" in filings
    assert "B-01 2025-M07 blocked: Xã Đông Sai\n" in filings
    assert "B-01 2025-M07 readiness: 2 accepted, not signed yet, 1 blocked, 1 overdue\n" in filings
    assert "* unconfirmed" in filings
    conn.execute("update reporting.obligations set state = 'late' where state = 'blocked'")
    assert "B-01 2025-M07 overdue: Xã Chưa Nộp*, Xã Đông Sai\n" in printed(print_filings)


def test_what_is_not_owed_is_named_and_not_counted(conn: psycopg.Connection, printed: Printed) -> None:
    for state, sender in (("not_owed", "90004"), ("not_applicable", "90005"), ("missing", "90006")):
        conn.execute(
            "update reporting.obligations set state = %s where unit_code = %s and period_code = '2025-M07'",
            (state, sender),
        )
    filings = printed(print_filings)
    assert "B-01 Hồ sơ tiếp nhận 2025-M07 2025-07-16 2 1 0 0 0 0 1 ██████░░░░░░ 50 %" in filings
    assert "B-01 2025-M07 missing, locked: Xã Đông Sai\n" in filings
    assert "B-01 2025-M07 not applicable: Xã Chưa Nộp*\n" in filings
    assert "B-01 2025-M07 filed without owing: Xã An Lập\n" in filings
    conn.execute("update reporting.obligations set state = 'not_owed' where period_code = '2025-M07'")
    assert "2025-07-16 0 0 0 0 0 0 0 nobody owes it" in printed(print_filings)


def test_filings_of_a_period_are_those_of_no_other(conn: psycopg.Connection, printed: Printed) -> None:
    row = conn.execute("select count(*) from reporting.obligations where period_code = '2025-M08'").fetchone()
    assert row is not None
    assert f"B-01 Hồ sơ tiếp nhận 2025-M08 2025-08-18 {row[0]} 0 0 0 0 0 0 ············ 0 %" in printed(
        print_filings, "2025-m08"
    )
    assert "2025-M08" not in printed(print_filings)


def test_a_night_is_about_periods_that_have_ended_and_those_it_received_something_for(
    conn: psycopg.Connection, printed: Printed
) -> None:
    open_later_night(conn)
    filings = printed(print_filings)
    assert "2025-M08" in filings
    assert "2025-M07" not in filings
    assert filings.endswith("Collected in the last night: 0 payloads.")
    conn.execute(
        "update raw.submissions set night_id = (select night_id from raw.current_night) where file_name = '90001.csv'"
    )
    filings = printed(print_filings)
    assert filings.index("2025-M08") < filings.index("B-01 Hồ sơ tiếp nhận 2025-M07")


def test_what_a_later_night_does_to_a_submission_is_not_told_of_the_night_that_received_it(
    conn: psycopg.Connection, printed: Printed
) -> None:
    open_later_night(conn)
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) "
        "select submission_id, '2025-08-20T01:00:00+07:00', 'superseded' from raw.submissions"
    )
    conn.execute("update raw.current_night set night_id = %s", (AS_OF,))
    assert "Of these: 2 accepted, 1 rejected, 1 refused, 1 duplicate." in printed(print_filings)


def test_collection_tells_payloads_by_state_and_sources_that_did_not_answer(
    conn: psycopg.Connection, printed: Printed
) -> None:
    silent = Finding(
        layer="readable", rule_id="source_unavailable", severity="error", message_vi="Không trả lời.",
        message_en="It did not answer.", action_vi="Kiểm tra máy chủ.", sender_code="90005", subject="api-90005",
    )  # fmt: skip
    store_findings(conn, Night(datetime.fromisoformat(AS_OF), Path(), Path()), [silent])
    filings = printed(print_filings)
    assert (
        "Collected in the last night: 5 payloads, 5 by drop folder.\nOf these: 2 accepted, 1 rejected, 1 refused, 1 duplicate."
        in filings
    )
    assert "refused: hỏng.xlsx (unreadable_file)" in filings
    assert "Could not be collected: 1 source\nXã Chưa Nộp* (api-90005): It did not answer." in filings


def test_a_night_that_published_nothing_still_tells_what_it_collected(
    conn: psycopg.Connection, printed: Printed
) -> None:
    conn.execute("truncate reporting.publications cascade")
    filings = printed(print_filings)
    assert (
        "Nothing has been published yet: run a night first.\n\nCollected in the last night: 5 payloads"
        in filings
    )
