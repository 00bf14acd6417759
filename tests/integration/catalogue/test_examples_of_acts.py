"""Rules about acts, deadlines, rebuilds and rules that could not run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.catalogue import BuiltInRule, built_in_rules
from kpi_reporting.checks import (
    Explanation,
    HeldDecision,
    Waiver,
    Withdrawal,
    check_door,
    check_exit,
    record_explanation,
    record_held_decision,
    record_waiver,
    record_withdrawal,
)
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.checks.judged import (
    AFTER_CORRECTION_LOCK,
    AFTER_LOCK,
    IN_TIME,
    PROJECT,
    SUITES,
    findings,
    list_of,
    state,
)
from tests.integration.checks.test_broken_rules import BROKEN
from tests.integration.checks.test_exit import CANDIDATES

KEY = "good/F/P@2025-07-01/administrative/2025-M07"


@dataclass(frozen=True)
class Door:
    """A night with its warehouse, and a folder for suites of its own."""

    conn: psycopg.Connection
    dsn: str
    registry: Registry
    night: Night
    suites: Path

    def judged(self, sender: str, suites: Path = SUITES, **changes: object) -> int:
        submission = list_of(self.conn, self.night, self.registry, sender, **changes)
        self.conn.commit()
        check_door(self.conn, self.dsn, self.registry, self.night, suites)
        return submission

    def told(self, submission: int) -> set[str]:
        return set(findings(self.conn, submission))

    def told_of_the_night(self) -> set[str]:
        told = self.conn.execute(
            "select rule_id from quality.findings where night_id = %s", (self.night.night_id,)
        )
        return {rule_id for (rule_id,) in told}


def filed_at(received_at: datetime) -> Callable[[Door], set[str]]:
    return lambda door: door.told(door.judged(f"filed {received_at}", received_at=received_at))


def withdrawn_at(asked_at: datetime) -> Callable[[Door], set[str]]:
    def run(door: Door) -> set[str]:
        submission = door.judged(f"withdrawn {asked_at} {door.night.night_id}", received_at=IN_TIME)
        assert state(door.conn, submission) == "accepted"
        record_withdrawal(
            door.conn, Withdrawal(submission, "Văn thư", asked_at, "Sai số liệu", "Cán bộ trực")
        )
        later = Night(AFTER_CORRECTION_LOCK + timedelta(days=300), door.registry.folder, PROJECT)
        open_night(door.conn, later, door.registry.code, door.registry.sha256)
        check_door(door.conn, door.dsn, door.registry, later, SUITES)
        return door.told(submission)

    return run


def decided(decision: str) -> Callable[[Door], set[str]]:
    def run(door: Door) -> set[str]:
        sender = f"{decision} {door.night.night_id}"
        submission = door.judged(sender, received_at=AFTER_LOCK)
        at = AFTER_LOCK + timedelta(days=1)
        act = HeldDecision(submission, decision, "Chánh Văn phòng", at, "Bão", "Cán bộ trực")  # type: ignore[arg-type]
        record_held_decision(door.conn, act)
        later = Night(AFTER_CORRECTION_LOCK + timedelta(days=300), door.registry.folder, PROJECT)
        open_night(door.conn, later, door.registry.code, door.registry.sha256)
        check_door(door.conn, door.dsn, door.registry, later, SUITES)
        return door.told(submission)

    return run


def filed_twice(received_total: int) -> Callable[[Door], set[str]]:
    """What is said of a file whose figure stands beside the API's."""

    def run(door: Door) -> set[str]:
        sender = f"twice {received_total} {door.night.night_id}"
        door.conn.execute("update registry.forms set winning_channel = 'api' where form_code = 'HS-01'")
        list_of(door.conn, door.night, door.registry, sender, channel="http_api", sequence=2)
        changed = {"received_total": received_total, "received_online": received_total - 40}
        file = door.judged(
            sender, **changed, completed_total=received_total - 20, completed_on_time=received_total - 55
        )
        door.conn.execute("update registry.forms set winning_channel = null")
        return door.told(file)

    return run


def with_suite(text: str) -> Callable[[Door], set[str]]:
    """What a night says that has this suite; the finding of a broken rule bears the id of that rule."""

    def run(door: Door) -> set[str]:
        (door.suites / "HS-01.yml").write_text(text)
        submission = door.judged(f"suite {door.night.night_id}", door.suites)
        told = door.told_of_the_night()
        broken = door.conn.execute(
            "select 1 from quality.findings where night_id = %s and message_en like 'The rule could not run:%%'",
            (door.night.night_id,),
        ).fetchone()
        check_door(door.conn, door.dsn, door.registry, door.night, SUITES)
        assert state(door.conn, submission) == "accepted"
        return told | ({"rule.could_not_run"} if broken else set())

    return run


def rebuilt(row_key: str) -> Callable[[Door], set[str]]:
    """Which rules stop a figure once a rebuild differed in a row."""

    def run(door: Door) -> set[str]:
        door.conn.execute(CANDIDATES)
        door.conn.execute(
            """
            with made as (
                insert into quality.rebuilds (night_id, rows_compared) values (%s, 1) returning rebuild_id
            )
            insert into quality.rebuild_differences select rebuild_id, 'kpi_values', %s, 'value', '1', '2' from made
            """,
            (door.night.night_id, row_key),
        )
        door.conn.commit()
        check_exit(door.conn, door.dsn, door.registry, door.night, SUITES)
        stopped = door.conn.execute(
            "select rule_id from quality.blocked_figures where night_id = %s and figure_key = %s",
            (door.night.night_id, KEY),
        )
        return {rule_id for (rule_id,) in stopped}

    return run


WARNS = """
suite: HS-01
rules:
  - {id: HS-01.few, layer: row, severity: warning, needs_reason: true, fields: [received_total],
     expectation: unexpected_rows, kwargs: {condition: received_total < 1000}, reason_vi: Số hồ sơ quá nhỏ.,
     reason_en: There are few dossiers., action_vi: Kiểm tra lại số liệu.}
"""


def warned(*, explained: bool, value: int = 100, then: int = 100) -> Callable[[Door], set[str]]:
    """What is told of a filing with a warning that asks for a reason, whose value may have been explained before."""

    def run(door: Door) -> set[str]:
        (door.suites / "HS-01.yml").write_text(WARNS)
        sender = f"warned {door.night.night_id}"
        first = door.judged(sender, door.suites, received_total=value, sequence=1)
        if explained:
            act = Explanation(first, "HS-01.few", "Phường mới thành lập", "Văn thư", IN_TIME, "Cán bộ trực")
            record_explanation(door.conn, act)
        return door.told(door.judged(sender, door.suites, received_total=then, sequence=2))

    return run


def waived(until: date) -> Callable[[Door], set[str]]:
    def run(door: Door) -> set[str]:
        sender = f"waived {until}"
        first = door.judged(sender, received_online=61, sequence=1)
        act = Waiver(first, "HS-01.received_adds_up", "Phần mềm đang sửa lỗi cộng", "Văn thư", "Lãnh đạo Sở", IN_TIME,
                     until, "Cán bộ trực")  # fmt: skip
        record_waiver(door.conn, act)
        return door.told(door.judged(sender, received_online=62, sequence=2))

    return run


FINE = BROKEN[: BROKEN.index("  - {id: HS-01.broken")]
EXAMPLES: dict[str, Callable[[Door], set[str]]] = {
    "a filing after its lock": filed_at(AFTER_LOCK),
    "a filing before its lock": filed_at(IN_TIME),
    "a filing withdrawn after its lock": withdrawn_at(AFTER_CORRECTION_LOCK),
    "a filing withdrawn before its lock": withdrawn_at(AFTER_LOCK),
    "a held filing that a person releases": decided("released"),
    "a held filing that a person refuses": decided("refused"),
    "a file that says something else than the API": filed_twice(110),
    "a file that says what the API says": filed_twice(100),
    "a rule about a column that is not there": with_suite(BROKEN),
    "a suite that names a field nobody knows": with_suite(
        FINE.replace("[received_total]", "[received_totl]")
    ),
    "a rule that can run": with_suite(FINE),
    "a figure that a rebuild computed otherwise": rebuilt(KEY),
    "a filing with a warning that nobody explained": warned(explained=False),
    "a filing with a warning that was explained": warned(explained=True),
    "a filing with another value than was explained": warned(explained=True, then=99),
    "a filing whose error is waived": waived(date(2026, 7, 15)),
    "a filing whose waiver has expired": waived(date(2025, 7, 16)),
    "a figure that a rebuild computed alike": rebuilt("another/F/P@2025-07-01/administrative/2025-M07"),
}
RULES = [rule for rule in built_in_rules().values() if str(rule.fails) in EXAMPLES]


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
@pytest.mark.parametrize("breaks", [True, False])
def test_the_failing_example_breaks_the_rule_and_the_passing_one_does_not(
    conn: psycopg.Connection,
    staged: str,
    registry: Registry,
    night: Night,
    tmp_path: Path,
    rule: BuiltInRule,
    breaks: bool,
) -> None:
    example = EXAMPLES[str(rule.fails if breaks else rule.passes)]
    assert (rule.id in example(Door(conn, staged, registry, night, tmp_path))) == breaks
