"""A warning that asks for a reason holds a filing until its value is explained; a waiver lets it pass for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from kpi_reporting.checks import (
    DoorSummary,
    Explanation,
    HeldDecision,
    Waiver,
    check_door,
    record_explanation,
    record_held_decision,
    record_waiver,
)
from kpi_reporting.cli import app
from kpi_reporting.errors import HeldError, ReasonError
from kpi_reporting.periods import ZONE
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.checks.judged import (
    AFTER_LOCK,
    FIRST_NIGHT,
    IN_TIME,
    PROJECT,
    findings,
    list_of,
    state,
)

RULES = """
suite: HS-01
rules:
  - {id: HS-01.few, layer: row, severity: warning, needs_reason: true, fields: [received_total, received_online],
     expectation: unexpected_rows, kwargs: {condition: received_total < 1000}, reason_vi: Số hồ sơ quá nhỏ.,
     reason_en: There are few dossiers., action_vi: Kiểm tra lại số liệu.}
  - {id: HS-01.wrong, layer: row, severity: error, fields: [received_post], expectation: unexpected_rows,
     kwargs: {condition: received_post > 50}, reason_vi: Số hồ sơ bưu chính quá lớn.,
     reason_en: There are too many by post., action_vi: Kiểm tra lại số liệu.}
"""
MANY = {"received_total": 5000}


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    (tmp_path / "HS-01.yml").write_text(RULES)
    return tmp_path


class Door:
    """Nights one after the other, an evening apart."""

    def __init__(self, conn: psycopg.Connection, dsn: str, registry: Registry, suites: Path) -> None:
        self.conn, self.dsn, self.registry, self.suites = conn, dsn, registry, suites
        self.as_of = FIRST_NIGHT
        self.night = self._opened()

    def _opened(self) -> Night:
        night = Night(self.as_of, self.registry.folder, PROJECT)
        open_night(self.conn, night, self.registry.code, self.registry.sha256)
        self.conn.commit()
        return night

    def later(self, days: int = 1) -> None:
        self.as_of += timedelta(days=days)
        self.night = self._opened()

    def judge(self) -> DoorSummary:
        return check_door(self.conn, self.dsn, self.registry, self.night, self.suites)

    def file(self, sender: str, **changes: object) -> int:
        submission = list_of(self.conn, self.night, self.registry, sender, **changes)
        self.conn.commit()
        self.judge()
        return submission

    def explain(self, submission: int, **changes: object) -> None:
        act = Explanation(
            submission, "HS-01.few", "Phường mới thành lập, ít hồ sơ", "Văn thư", IN_TIME, "Trực đêm"
        )
        record_explanation(self.conn, replace(act, **changes))  # type: ignore[arg-type]
        self.conn.commit()

    def waive(self, submission: int, until: date = date(2025, 7, 31), **changes: object) -> None:
        act = Waiver(submission, "HS-01.wrong", "Phần mềm đang sửa lỗi cộng", "Văn thư", "Lãnh đạo Sở", IN_TIME, until,
                     "Trực đêm")  # fmt: skip
        record_waiver(self.conn, replace(act, **changes))  # type: ignore[arg-type]
        self.conn.commit()

    def reason(self, submission: int) -> str:
        (row,) = self.conn.execute(
            "select reason from raw.submission_states where submission_id = %s order by state_seq desc limit 1",
            (submission,),
        )
        return str(row[0])


@pytest.fixture
def door(conn: psycopg.Connection, staged: str, registry: Registry, suites: Path) -> Door:
    return Door(conn, staged, registry, suites)


def test_a_filing_waits_for_its_reason_and_counts_with_the_next_night(door: Door) -> None:
    one = door.file("waits")
    assert (state(door.conn, one), door.reason(one)) == ("held", "needs a reason: HS-01.few")
    assert "HS-01.few" in findings(door.conn, one)["structure.reason_missing"]["message_vi"]
    door.later()
    assert door.judge().reopened == 0

    door.explain(one)
    assert state(door.conn, one) == "held"
    door.later()
    summary = door.judge()
    assert (summary.reopened, summary.accepted, state(door.conn, one)) == (1, 1, "accepted")
    assert "structure.explained" in findings(door.conn, one)
    assert door.judge().reopened == 0


def test_the_same_value_filed_again_is_explained_and_another_one_asks_anew(door: Door) -> None:
    one = door.file("again", sequence=1)
    door.explain(one)
    same = door.file("again", sequence=2)
    assert state(door.conn, same) == "accepted"
    other = door.file("again", received_total=99, sequence=3)
    assert (state(door.conn, other), state(door.conn, same)) == ("held", "accepted")
    beside = door.file("again", received_online=59, sequence=4)
    assert state(door.conn, beside) == "held"
    assert state(door.conn, door.file("somebody else")) == "held"


def test_a_reason_given_after_the_night_is_not_seen_by_it(door: Door) -> None:
    one = door.file("too early")
    door.explain(one, at=door.as_of + timedelta(hours=1))
    assert door.judge().reopened == 0
    door.later()
    assert door.judge().reopened == 1


def test_an_explained_filing_that_came_after_its_lock_is_held_for_that(door: Door) -> None:
    door.later(60)
    one = door.file("late and odd", received_at=AFTER_LOCK)
    assert door.reason(one) == "needs a reason: HS-01.few"
    door.conn.execute(
        "insert into registry.lock_exceptions values ('HS-01', 'late and odd', '2025-M07', '2025-08-26')"
    )
    door.later()
    assert door.judge().released == 0
    door.conn.execute("delete from registry.lock_exceptions")
    door.explain(one, at=AFTER_LOCK)
    door.later()
    assert door.judge().held == 1
    assert door.reason(one).startswith("received after the lock")
    door.later()
    assert door.judge().reopened == 0


def test_an_error_is_not_explained(door: Door) -> None:
    one = door.file("an error", received_post=51, **MANY)
    assert state(door.conn, one) == "rejected"
    with pytest.raises(ReasonError, match="An error is mended, or waived"):
        door.explain(one, rule_id="HS-01.wrong")


def test_a_waived_error_lets_the_filing_in_visibly_until_its_day(door: Door) -> None:
    one = door.file("waived", received_post=51, **MANY, sequence=1)
    door.waive(one, until=(door.as_of + timedelta(days=1)).astimezone(ZONE).date())
    assert door.judge().reopened == 1
    assert state(door.conn, one) == "accepted"
    assert "được miễn đến hết ngày" in findings(door.conn, one)["structure.waived"]["message_vi"]
    door.later()
    assert state(door.conn, door.file("waived", received_post=52, **MANY, sequence=2)) == "accepted"
    door.later()
    assert state(door.conn, door.file("waived", received_post=53, **MANY, sequence=3)) == "rejected"
    assert state(door.conn, one) == "superseded"


def test_an_expired_waiver_reopens_nothing(door: Door) -> None:
    one = door.file("expired", received_post=51, **MANY)
    door.waive(one, until=IN_TIME.date())
    door.later()
    assert (door.judge().reopened, state(door.conn, one)) == (0, "rejected")


def test_a_waiver_is_for_one_sender_and_one_rule_and_covers_warnings_that_need_a_reason(door: Door) -> None:
    one = door.file("one rule", received_post=51)
    door.waive(one)
    door.later()
    assert (door.judge().reopened, state(door.conn, one)) == (1, "held")
    door.waive(one, rule_id="HS-01.few")
    door.later()
    assert (door.judge().reopened, state(door.conn, one)) == (1, "accepted")
    assert state(door.conn, door.file("another sender", received_post=51, **MANY)) == "rejected"


def test_a_filing_that_misses_its_reason_is_no_late_one_for_a_person_to_let_in(door: Door) -> None:
    one = door.file("not late")
    decision = HeldDecision(one, "released", "Lãnh đạo", IN_TIME, "Cho nhận", "Trực đêm")
    with pytest.raises(HeldError, match="needs a reason: HS-01.few: it is no late filing"):
        record_held_decision(door.conn, decision)


def test_what_a_person_refused_stays_refused_whatever_is_waived(door: Door) -> None:
    door.later(60)
    one = door.file("turned away", received_at=AFTER_LOCK, **MANY)
    act = HeldDecision(one, "refused", "Lãnh đạo", AFTER_LOCK, "Quá hạn", "Trực đêm")
    record_held_decision(door.conn, act)
    door.later()
    assert door.judge().turned_away == 1
    door.conn.execute(
        "insert into raw.waivers (submission_id, unit_code, form_code, rule_id, requested_by, approved_by, approved_at, "
        "until_day, reason, entered_by) values (%s, 'turned away', 'HS-01', 'HS-01.wrong', 'A', 'B', %s, '2035-01-01', "
        "'Phần mềm đang sửa', 'C')",
        (one, AFTER_LOCK),
    )
    door.later()
    assert (door.judge().reopened, state(door.conn, one)) == (0, "rejected")


def test_an_older_filing_that_is_let_in_does_not_replace_a_newer_one(door: Door) -> None:
    old = door.file("replaced", received_post=51, **MANY, sequence=1)
    new = door.file("replaced", **MANY, sequence=2)
    door.waive(old)
    door.later()
    door.judge()
    assert (state(door.conn, old), state(door.conn, new)) == ("superseded", "accepted")


def test_what_cannot_be_entered_is_said(door: Door) -> None:
    one = door.file("refusals", received_post=51)
    held = door.file("refusals held")
    future = datetime.fromisoformat("2999-01-01T00:00:00+07:00")
    for enter, said in (
        (lambda: door.waive(one, approved_by=" văn THƯ"), "cannot approve it"),
        (lambda: door.waive(one, approved_by="Văn thư\u200b."), "cannot approve it"),
        (lambda: door.waive(one, until=date(2025, 7, 1)), "cannot end on 2025-07-01"),
        (lambda: door.waive(one, until=date(2026, 7, 18)), "366 days at most"),
        (lambda: door.waive(one, rule_id="HS-01.none"), "HS-01.none says nothing about submission"),
        (lambda: door.waive(one, at=future, until=date(2999, 12, 31)), "in the future"),
        (lambda: door.explain(held, reason="ok"), "says nothing; write what"),
        (lambda: door.explain(held, explained_by=""), "must be named"),
        (lambda: door.explain(held, cell="Z99"), "says nothing at Z99"),
        (lambda: door.explain(held, at=IN_TIME - timedelta(days=3)), "before the filing was received"),
    ):
        with pytest.raises(ReasonError, match=said), door.conn.transaction():
            enter()
    door.explain(held)
    with pytest.raises(ReasonError, match="is explained already"):
        door.explain(held)


def test_the_commands_enter_the_acts_and_say_what_becomes_of_them(door: Door) -> None:
    held, wrong = door.file("by command"), door.file("by command too", received_post=51, **MANY)
    at = ["--at", "2025-07-16T20:00", "--entered-by", "Trực", "--registry", str(door.registry.folder)]
    told = CliRunner().invoke(app, ["explain", str(held), "HS-01.few", "--reason", "Phường mới thành lập",
                                    "--explained-by", "Văn thư", *at])  # fmt: skip
    assert "HS-01.few at D10 is explained." in told.output
    assert "The first night that looks from 2025-07-16 20:00 or later judges it again." in told.output
    told = CliRunner().invoke(app, ["waive", str(wrong), "HS-01.wrong", "--reason", "Phần mềm đang sửa lỗi",
                                    "--requested-by", "Văn thư", "--approved-by", "Lãnh đạo", "--until", "2025-07-31",
                                    *at])  # fmt: skip
    assert "HS-01.wrong is waived for its sender until 2025-07-31." in told.output
    door.later()
    assert door.judge().reopened == 2
