"""Which filing a new one's table is held against."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import GOOD, IN_TIME, SUITES, findings, state
from tests.integration.staged import PERIOD, PERIOD_BEFORE, fill_list, lay_out, submit

RULE = "history.columns_moved"


class Sender:
    """A sender whose filings have their figures in a column of their own."""

    def __init__(self, conn: psycopg.Connection, night: Night, registry: Registry, name: str) -> None:
        self.conn, self.night, self.registry, self.name = conn, night, registry, name

    def files(
        self, column: str, state: str = "read", period: str = PERIOD, header: str = "Số liệu", days: int = 0
    ) -> int:
        received = IN_TIME - timedelta(days=days)
        one = submit(self.conn, self.night.night_id, "HS-01", self.name, received, period=period)
        fill_list(self.conn, one, self.registry, "HS-01", GOOD)
        lay_out(self.conn, one, {column: {"value": header}} if header else {})
        for later in {"read": (), "withdrawn": ("accepted", "withdrawn")}.get(state, (state,)):
            self.conn.execute(
                "insert into raw.submission_states (submission_id, night_id, state) values (%s, %s, %s)",
                (one, self.night.night_id, later),
            )
        return one

    def is_judged(self, submission: int, staged: str) -> str | None:
        """What is said of columns that moved."""
        self.conn.commit()
        check_door(self.conn, staged, self.registry, self.night, SUITES)
        return findings(self.conn, submission).get(RULE, {}).get("found")


@pytest.fixture
def sender(
    conn: psycopg.Connection, night: Night, registry: Registry, request: pytest.FixtureRequest
) -> Sender:
    return Sender(conn, night, registry, request.node.name)


def test_the_filing_of_the_period_before_is_compared(sender: Sender, staged: str) -> None:
    sender.files("F", "accepted", PERIOD_BEFORE)
    assert sender.is_judged(sender.files("D"), staged) == "F → D"


def test_a_correction_is_compared_with_what_it_corrects(sender: Sender, staged: str) -> None:
    sender.files("F", "accepted", PERIOD_BEFORE)
    sender.files("E", "accepted", days=1)
    assert sender.is_judged(sender.files("D"), staged) == "E → D"


@pytest.mark.parametrize("state", ["rejected", "held", "withdrawn"])
def test_what_never_counted_or_was_taken_back_is_passed_over(sender: Sender, staged: str, state: str) -> None:
    sender.files("F", "accepted", PERIOD_BEFORE)
    sender.files("E", state, days=1)
    assert sender.is_judged(sender.files("D"), staged) == "F → D"


def test_a_filing_whose_headers_are_not_known_is_passed_over(sender: Sender, staged: str) -> None:
    sender.files("F", "accepted", PERIOD_BEFORE)
    sender.files("E", "accepted", days=1, header="")
    assert sender.is_judged(sender.files("D"), staged) == "F → D"


def test_without_a_filing_before_nothing_is_told(sender: Sender, staged: str) -> None:
    assert sender.is_judged(sender.files("D"), staged) is None


def test_a_sender_may_be_judged_by_another_severity(
    sender: Sender, staged: str, conn: psycopg.Connection
) -> None:
    conn.execute(
        "insert into registry.rule_overrides values (%s, %s, 'error', '2025-01-01', null)",
        (RULE, sender.name),
    )
    sender.files("F", "accepted", PERIOD_BEFORE)
    submission = sender.files("D")
    assert sender.is_judged(submission, staged) == "F → D"
    assert findings(conn, submission)[RULE]["severity"] == "error"
    assert state(conn, submission) == "rejected"


def test_what_came_later_is_not_before(sender: Sender, staged: str) -> None:
    sender.files("F", "accepted", PERIOD, days=-1)
    assert sender.is_judged(sender.files("D"), staged) is None


def test_what_another_filed_for_the_same_unit_is_not_its_own(
    sender: Sender, staged: str, conn: psycopg.Connection
) -> None:
    other = sender.files("F", "accepted", PERIOD_BEFORE)
    conn.execute(
        "update staging.stg_submissions set sender_code = 'another' where submission_id = %s", (other,)
    )
    assert sender.is_judged(sender.files("D"), staged) is None
