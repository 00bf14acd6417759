"""A form that is filed in parts: which of its filings stand, and what is not asked of a part (decision 0025)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import GOOD, IN_TIME, SUITES, findings, list_of, state

pytestmark = pytest.mark.usefixtures("merged")

NAMED = ("received_total", "received_online")


@pytest.fixture
def merged(conn: psycopg.Connection) -> Iterator[None]:
    conn.execute("update registry.forms set filing_policy = 'merge' where form_code = 'HS-01'")
    conn.commit()
    yield
    conn.rollback()
    conn.execute("update registry.forms set filing_policy = 'replace'")
    conn.commit()


def part(
    conn: psycopg.Connection,
    night: Night,
    registry: Registry,
    sender: str,
    *named: str,
    minutes: int = 0,
    is_nil: bool = False,
) -> int:
    """Stage a filing of these figures alone; what an earlier one of the sender named is named again."""
    left_out = {field: None for field in GOOD if field not in named}
    received_at = IN_TIME + timedelta(minutes=minutes)
    submission_id = list_of(conn, night, registry, sender, received_at=received_at, **left_out)
    conn.execute(
        "update staging.stg_submissions set is_partial = not %s, is_nil = %s where submission_id = %s",
        (is_nil, is_nil, submission_id),
    )
    for number, field in enumerate(GOOD, 10):
        if field in named:
            conn.execute(
                "insert into staging.stg_observations values (%s, 'Biểu', %s, 4)", (submission_id, number)
            )
    conn.execute(
        """
        insert into staging.stg_named_again
        select o.*, n.submission_id from staging.stg_observations as o
        inner join staging.stg_submissions as s using (submission_id)
        inner join staging.stg_observations as n using (row_number)
        where n.submission_id = %s and o.submission_id <> n.submission_id and s.sender_code = %s
        """,
        (submission_id, sender),
    )
    conn.commit()
    return submission_id


def test_no_figure_is_missing_from_a_part(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    one = part(conn, night, registry, "one-part", *NAMED)
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, one) == "accepted"
    assert "structure.figure_missing" not in findings(conn, one)


def test_a_part_that_names_nothing_is_refused(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    blank = part(conn, night, registry, "blank-part")
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, blank), set(findings(conn, blank))) == ("rejected", {"structure.no_data_rows"})


def test_a_part_stands_until_later_ones_named_all_its_figures(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    first = part(conn, night, registry, "in-parts", *NAMED)
    second = part(conn, night, registry, "in-parts", "received_online", minutes=1)
    check_door(conn, staged, registry, night, SUITES)
    assert [state(conn, one) for one in (first, second)] == ["accepted", "accepted"]
    third = part(conn, night, registry, "in-parts", "received_total", minutes=2)
    assert check_door(conn, staged, registry, night, SUITES).superseded == 1
    assert [state(conn, one) for one in (first, second, third)] == ["superseded", "accepted", "accepted"]


def test_a_nil_answer_takes_the_place_of_every_part_and_a_part_that_of_a_nil_answer(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    before = part(conn, night, registry, "nil-between", *NAMED)
    nil = part(conn, night, registry, "nil-between", minutes=1, is_nil=True)
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, before), state(conn, nil)) == ("superseded", "accepted")
    after = part(conn, night, registry, "nil-between", "carried_over", minutes=2)
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, nil), state(conn, after)) == ("superseded", "accepted")
