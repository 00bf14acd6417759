"""What the door does after a lock, with the real Great Expectations, suites and registry."""

from __future__ import annotations

from datetime import datetime

import psycopg

from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import (
    AFTER_CORRECTION_LOCK,
    AFTER_LOCK,
    SUITES,
    findings,
    list_of,
    state,
)


def test_after_the_lock_a_submission_is_held(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    late = list_of(conn, night, registry, "late", received_at=AFTER_LOCK)
    conn.commit()
    assert check_door(conn, staged, registry, night, SUITES).held == 1
    assert state(conn, late) == "held"


def reason(conn: psycopg.Connection, submission_id: int) -> str | None:
    row = conn.execute(
        "select reason from raw.submission_states where submission_id = %s order by state_seq desc limit 1",
        (submission_id,),
    ).fetchone()
    assert row is not None
    return row[0]


def test_a_correction_has_a_lock_of_its_own(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    first = list_of(conn, night, registry, "two-locks")
    correction = list_of(conn, night, registry, "two-locks", sequence=2, received_at=AFTER_LOCK)
    after_a_faulty_one = list_of(conn, night, registry, "faulty-first", received_total=1)
    too_late = list_of(conn, night, registry, "faulty-first", sequence=2, received_at=AFTER_LOCK)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, first), state(conn, correction)) == ("superseded", "accepted")
    assert (state(conn, after_a_faulty_one), state(conn, too_late)) == ("rejected", "held")

    again = list_of(conn, night, registry, "two-locks", sequence=3, received_at=AFTER_CORRECTION_LOCK)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, again) == "held"
    assert findings(conn, again)["structure.received_after_lock"]["message_vi"].startswith("Bản sửa đổi nhận")
    assert str(reason(conn, again)).startswith("correction received after the lock of 2025-08-25")


def test_a_told_lock_holds_whatever_the_registry_says_today(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    publication = conn.execute(
        """
        insert into reporting.publications (
            night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
        ) values ('told', now(), '', '', 0, 0, 0) returning publication_id
        """
    ).fetchone()
    assert publication is not None
    conn.execute(
        "insert into reporting.told_deadlines values ('told@2025-07-01', 'HS-01', 'administrative', '2025-M07', "
        "%(at)s, %(at)s, %(at)s, %(at)s, %(publication)s)",
        {"at": "2025-08-31 23:59:59+07", "publication": publication[0]},
    )
    told = list_of(conn, night, registry, "told", received_at=AFTER_LOCK)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, told) == "accepted"


def test_an_act_lifts_the_lock_until_its_last_day_also_of_what_is_held(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    first = list_of(conn, night, registry, "lifted", received_at=AFTER_LOCK)
    last_minute = datetime.fromisoformat("2025-08-20 23:59:59+07:00")
    second = list_of(conn, night, registry, "lifted", sequence=2, received_at=last_minute)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, first), state(conn, second)) == ("held", "held")

    conn.execute("insert into registry.lock_exceptions values ('HS-01', 'lifted', '2025-M07', '2025-08-20')")
    at_once = list_of(conn, night, registry, "lifted", sequence=3, received_at=last_minute)
    midnight = datetime.fromisoformat("2025-08-21 00:00:00+07:00")
    too_late = list_of(conn, night, registry, "other-lifted", received_at=midnight)
    conn.execute(
        "insert into registry.lock_exceptions values ('HS-01', 'other-lifted', '2025-M07', '2025-08-20')"
    )
    conn.commit()
    summary = check_door(conn, staged, registry, night, SUITES)

    assert summary.released == 2
    assert [state(conn, one) for one in (first, second, at_once)] == ["superseded", "superseded", "accepted"]
    assert state(conn, too_late) == "held"
    assert str(reason(conn, too_late)).endswith("and after the last day of its exception 2025-08-20")
    said = findings(conn, too_late)["structure.received_after_lock"]
    assert said["severity"] == "warning"
    assert (
        "sau thời điểm khóa sổ 23:59 ngày 18/08/2025 và sau ngày được gia hạn 20/08/2025"
        in said["message_vi"]
    )
    assert "2025-08-20, the last day of its exception" in said["message_en"]
    assert findings(conn, at_once) == {}
    assert check_door(conn, staged, registry, night, SUITES).released == 0
