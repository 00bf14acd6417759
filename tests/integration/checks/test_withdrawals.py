"""A filing in force is taken back: the act is kept at once, its effect comes with the night, after the lock it waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest
from typer.testing import CliRunner

from kpi_reporting.checks import Withdrawal, check_door, record_withdrawal
from kpi_reporting.cli import app
from kpi_reporting.errors import WithdrawalError
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.checks.judged import (
    AFTER_CORRECTION_LOCK,
    AFTER_LOCK,
    FIRST_NIGHT,
    IN_TIME,
    PROJECT,
    SUITES,
    findings,
    list_of,
    state,
)

LATER = AFTER_CORRECTION_LOCK + timedelta(days=10)


@pytest.fixture
def night(conn: psycopg.Connection, registry: Registry) -> Night:
    """The night that accepts what is taken back later."""
    night = Night(FIRST_NIGHT, registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night


@pytest.fixture
def later(conn: psycopg.Connection, registry: Registry) -> Night:
    """A night that sees every act of these tests."""
    night = Night(LATER, registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night


def act(submission_id: int, asked_at: datetime = AFTER_LOCK, **changes: str) -> Withdrawal:
    told = {"asked_by": "Văn thư", "reason": "Sai số liệu", "entered_by": "Cán bộ trực", **changes}
    return Withdrawal(submission_id, asked_at=asked_at, **told)


def accepted(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, sender: str, **changes: object
) -> int:
    submission_id = list_of(conn, night, registry, sender, **changes)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, submission_id) == "accepted"
    return submission_id


def test_what_its_source_took_back_before_it_was_judged_loses_force_at_once(
    conn: psycopg.Connection, staged: str, registry: Registry, later: Night
) -> None:
    one = list_of(conn, later, registry, "deleted-at-the-source")
    conn.execute(
        "insert into raw.withdrawals (submission_id, asked_by, asked_at, reason, entered_by) "
        "values (%s, 'a', %s, 'b', 'source a')",
        (one, IN_TIME + timedelta(hours=1)),
    )
    conn.commit()
    summary = check_door(conn, staged, registry, later, SUITES)
    assert (summary.accepted, summary.withdrawn) == (1, 1)
    assert state(conn, one) == "withdrawn"
    assert check_door(conn, staged, registry, later, SUITES).withdrawn == 0


def test_it_takes_effect_with_the_first_night_that_looks_from_its_instant(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    one = accepted(conn, staged, registry, night, "taken-back")
    told = record_withdrawal(conn, act(one))
    conn.commit()
    assert (told.sender_code, told.form_code, told.is_held) == ("taken-back", "HS-01", False)
    assert check_door(conn, staged, registry, night, SUITES).withdrawn == 0
    assert state(conn, one) == "accepted"

    assert check_door(conn, staged, registry, later, SUITES).withdrawn == 1
    assert state(conn, one) == "withdrawn"
    said = findings(conn, one)["structure.withdrawn"]
    assert (said["severity"], said["found"]) == ("info", None)
    assert "10:00 ngày 19/08/2025" in said["message_vi"]
    assert check_door(conn, staged, registry, later, SUITES).withdrawn == 0


def test_after_the_lock_of_corrections_it_is_held_and_told_once_until_an_act_allows_it(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    one = accepted(conn, staged, registry, night, "held-back")
    assert record_withdrawal(conn, act(one, AFTER_CORRECTION_LOCK)).is_held
    conn.commit()
    for _ in range(2):
        assert check_door(conn, staged, registry, later, SUITES).withdrawn == 0
    next_night = Night(LATER + timedelta(days=1), registry.folder, PROJECT)
    open_night(conn, next_night, registry.code, registry.sha256)
    check_door(conn, staged, registry, next_night, SUITES)
    told = conn.execute("select night_id from quality.findings where submission_id = %s", (one,)).fetchall()
    assert told == [(later.night_id,)]
    assert (
        "khóa sổ 23:59 ngày 25/08/2025"
        in findings(conn, one)["structure.withdrawal_after_lock"]["message_vi"]
    )

    conn.execute(
        "insert into registry.lock_exceptions values ('HS-01', 'held-back', '2025-M07', '2025-08-26')"
    )
    conn.commit()
    assert check_door(conn, staged, registry, next_night, SUITES).withdrawn == 1
    assert state(conn, one) == "withdrawn"


def test_what_was_received_before_a_withdrawn_filing_brings_nothing_back_and_what_came_after_does(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    last = accepted(conn, staged, registry, night, "last-word", sequence=2)
    record_withdrawal(conn, act(last))
    conn.commit()
    check_door(conn, staged, registry, later, SUITES)
    earlier = list_of(conn, later, registry, "last-word", sequence=1, received_at=IN_TIME - timedelta(days=1))
    conn.commit()
    assert check_door(conn, staged, registry, later, SUITES).superseded == 1
    assert state(conn, earlier) == "superseded"

    again = list_of(conn, later, registry, "last-word", sequence=3, received_at=AFTER_LOCK)
    conn.commit()
    check_door(conn, staged, registry, later, SUITES)
    assert (state(conn, last), state(conn, again)) == ("withdrawn", "accepted")


def test_a_correction_of_the_same_night_takes_force_beside_it(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    first = accepted(conn, staged, registry, night, "both")
    record_withdrawal(conn, act(first))
    second = list_of(conn, later, registry, "both", sequence=2, received_at=AFTER_LOCK)
    conn.commit()
    check_door(conn, staged, registry, later, SUITES)
    assert (state(conn, first), state(conn, second)) == ("withdrawn", "accepted")


def test_what_was_replaced_before_the_night_saw_it_is_left_alone(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    first = accepted(conn, staged, registry, night, "overtaken")
    record_withdrawal(conn, act(first))
    second = accepted(conn, staged, registry, night, "overtaken", sequence=2, received_at=IN_TIME)
    assert check_door(conn, staged, registry, later, SUITES).withdrawn == 0
    assert (state(conn, first), state(conn, second)) == ("superseded", "accepted")


def test_what_cannot_be_withdrawn_is_said(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    one = accepted(conn, staged, registry, night, "refusals")
    two = accepted(conn, staged, registry, night, "refusals", sequence=2)
    wrong = list_of(conn, night, registry, "refusals-wrong", received_total=1)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    for refused, said in (
        (act(10**9), "There is no submission 1000000000"),
        (act(one), f"is superseded (replaced by submission {two}); only an accepted one"),
        (act(wrong), "is rejected"),
        (act(two, IN_TIME - timedelta(days=1)), "before its receipt at 2025-07-16 10:00"),
        (act(two, datetime.fromisoformat("2999-01-01T00:00:00+07:00")), "in the future"),
        (act(two, reason=""), "none may be empty"),
    ):
        with pytest.raises(WithdrawalError) as error, conn.transaction():
            record_withdrawal(conn, refused)
        assert said in str(error.value)
    record_withdrawal(conn, act(two))
    conn.commit()
    with pytest.raises(
        WithdrawalError, match="was withdrawn already: Văn thư asked for it at 2025-08-19 10:00"
    ):
        record_withdrawal(conn, act(two))


def test_the_command_says_what_becomes_of_it_and_a_dry_run_keeps_nothing(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    one = accepted(conn, staged, registry, night, "by-command")
    command = ["withdraw", str(one), "--asked-by", "Văn thư", "--reason", "Sai", "--entered-by", "Trực",
               "--asked-at", "2025-08-19T10:00", "--registry", str(registry.folder)]  # fmt: skip
    kept = "select asked_by, reason, entered_by, asked_at from raw.withdrawals where submission_id = %s"

    dry = CliRunner().invoke(app, [*command, "--dry-run"])
    assert dry.exit_code == 0
    assert dry.output.startswith(
        f"Dry run, nothing is kept. Submission {one}: HS-01 of by-command for 2025-M07"
    )
    assert conn.execute(kept, (one,)).fetchall() == []

    real = CliRunner().invoke(app, command)
    assert "From the first night that looks from 2025-08-19 10:00 or later it counts no more." in real.output
    assert conn.execute(kept, (one,)).fetchall() == [
        ("Văn thư", "Sai", "Trực", datetime.fromisoformat("2025-08-19T10:00:00+07:00"))
    ]
    late = accepted(conn, staged, registry, night, "by-command-late")
    held = CliRunner().invoke(app, ["withdraw", str(late), *command[2:9], "2025-08-26T10:00", *command[10:]])
    assert "It stays in force: the lock of corrections was at 2025-08-25 23:59" in held.output
