"""What came after the lock waits in its queue: a person releases or refuses it, and the next night gives the effect."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest
from typer.testing import CliRunner

from kpi_reporting.checks import HeldDecision, check_door, read_held, record_held_decision
from kpi_reporting.cli import app
from kpi_reporting.errors import HeldError
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.checks.judged import (
    AFTER_CORRECTION_LOCK,
    IN_TIME,
    PROJECT,
    SUITES,
    findings,
    list_of,
    state,
)

DECIDED_AT = AFTER_CORRECTION_LOCK + timedelta(days=400)


@pytest.fixture
def later(conn: psycopg.Connection, registry: Registry) -> Night:
    """A night that sees every decision of these tests."""
    night = Night(DECIDED_AT + timedelta(days=1), registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night


def act(
    submission_id: int, decision: str = "released", at: datetime = DECIDED_AT, **said: str
) -> HeldDecision:
    told = {"decided_by": "Chánh Văn phòng", "reason": "Bão", "entered_by": "Cán bộ trực", **said}
    return HeldDecision(submission_id, decision, decided_at=at, **told)  # type: ignore[arg-type]


def held(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, sender: str, **changes: object
) -> int:
    submission = list_of(conn, night, registry, sender, received_at=AFTER_CORRECTION_LOCK, **changes)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, submission) == "held"
    return submission


def decide(conn: psycopg.Connection, decision: HeldDecision) -> None:
    record_held_decision(conn, decision)
    conn.commit()


def test_a_release_counts_once_and_with_the_first_night_that_sees_it(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    first = list_of(conn, night, registry, "released", received_at=IN_TIME)
    late = held(conn, staged, registry, night, "released", sequence=2)
    assert [one.submission_id for one in read_held(conn)] == [late]
    decide(conn, act(late))
    assert check_door(conn, staged, registry, night, SUITES).released == 0
    assert (state(conn, first), state(conn, late)) == ("accepted", "held")
    assert [one.decision for one in read_held(conn)] == ["released"]

    conn.execute(
        "insert into registry.lock_exceptions values ('HS-01', 'released', '2025-M07', '2099-01-01')"
    )
    summary = check_door(conn, staged, registry, later, SUITES)
    assert (summary.released, summary.turned_away) == (1, 0)
    assert (state(conn, first), state(conn, late)) == ("superseded", "accepted")
    assert findings(conn, late)["structure.released_after_lock"]["severity"] == "info"
    assert check_door(conn, staged, registry, later, SUITES).released == 0
    assert read_held(conn) == []


def test_a_refusal_leaves_the_filing_in_force_and_is_told_whatever_the_registry_allows(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    first = list_of(conn, night, registry, "refused", received_at=IN_TIME)
    late = held(conn, staged, registry, night, "refused", sequence=2)
    decide(conn, act(late, "refused"))
    conn.execute("insert into registry.lock_exceptions values ('HS-01', 'refused', '2025-M07', '2099-01-01')")
    summary = check_door(conn, staged, registry, later, SUITES)
    assert (summary.released, summary.turned_away) == (0, 1)
    assert (state(conn, first), state(conn, late)) == ("accepted", "rejected")
    said = findings(conn, late)["structure.refused_after_lock"]
    assert (said["severity"], said["found"]) == ("warning", None)
    assert "Chánh Văn phòng" not in str(said)


def test_what_was_released_is_replaced_by_what_came_after_it(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, later: Night
) -> None:
    one = held(conn, staged, registry, night, "two-held")
    two = held(conn, staged, registry, night, "two-held", sequence=2)
    decide(conn, act(two))
    decide(conn, act(one))
    assert check_door(conn, staged, registry, later, SUITES).released == 2
    assert (state(conn, one), state(conn, two)) == ("superseded", "accepted")


def test_what_cannot_be_decided_is_said(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    one = held(conn, staged, registry, night, "undecided")
    fine = list_of(conn, night, registry, "in-force", received_at=IN_TIME)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    for refused, said in (
        (act(10**9), "There is no submission 1000000000"),
        (act(fine), "is accepted; only a held one"),
        (act(one, at=IN_TIME), "before its receipt at 2025-08-26 10:00"),
        (act(one, at=datetime.fromisoformat("2999-01-01T00:00:00+07:00")), "in the future"),
        (act(one, reason=""), "none may be empty"),
    ):
        with pytest.raises(HeldError) as error, conn.transaction():
            record_held_decision(conn, refused)
        assert said in str(error.value)
    decide(conn, act(one))
    with pytest.raises(HeldError, match="was released already: Chánh Văn phòng decided at 2026-09-30 10:00"):
        record_held_decision(conn, act(one, "refused"))


def test_the_commands_list_and_decide_and_a_dry_run_keeps_nothing(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    one = held(conn, staged, registry, night, "by-command")
    at = ["--registry", str(registry.folder)]
    listed = CliRunner().invoke(app, ["held", *at])
    assert f"{one}" in listed.output
    assert "received after the lock of 2025-08-18" in " ".join(listed.output.split())
    said = [
        "--decided-by",
        "Chánh VP",
        "--reason",
        "Bão",
        "--entered-by",
        "Trực",
        "--decided-at",
        "2025-08-27T09:00",
    ]
    kept = "select decision, decided_by, reason from raw.held_decisions where submission_id = %s"

    dry = CliRunner().invoke(app, ["refuse", str(one), *said, "--dry-run", *at])
    assert dry.output.startswith(
        f"Dry run, nothing is kept. Submission {one}: HS-01 of by-command for 2025-M07"
    )
    assert conn.execute(kept, (one,)).fetchall() == []
    real = CliRunner().invoke(app, ["release", str(one), *said, *at])
    assert "From the first night that looks from 2025-08-27 09:00 or later it counts." in real.output
    assert conn.execute(kept, (one,)).fetchall() == [("released", "Chánh VP", "Bão")]
    assert "released by Chánh VP" in " ".join(CliRunner().invoke(app, ["held", *at]).output.split())
