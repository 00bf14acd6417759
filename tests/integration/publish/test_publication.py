"""Publication on a real PostgreSQL: only differences, and every change leaves an issue."""

from __future__ import annotations

import psycopg
import pytest

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry
from tests.integration.publish.figures import (
    FIGURE,
    block,
    causes,
    change,
    everything,
    file,
    shown,
    tonight,
)


def test_publishing_the_same_twice_changes_nothing(conn: psycopg.Connection, registry: Registry) -> None:
    before = everything(conn)
    conn.execute("update marts.mart_kpi_values set value = value + 0.00")  # 75 and 75.00 are the same number

    assert publish(conn, tonight(conn, registry), registry) is None
    assert everything(conn) == before


def test_only_what_changed_gets_the_new_publication(conn: psycopg.Connection, registry: Registry) -> None:
    conn.execute("update marts.mart_kpi_values set value = 76 where kpi_code = 'A'")

    publication = publish(conn, tonight(conn, registry), registry)

    assert publication is not None
    assert (publication.rows_added, publication.rows_changed, publication.rows_removed) == (0, 1, 0)
    of_publication = conn.execute(
        "select kpi_code from reporting.kpi_values where publication_id = %s", (publication.publication_id,)
    ).fetchall()
    assert of_publication == [("A",)]
    assert shown(conn, "A") == (76, False)


def test_a_removed_figure_leaves_an_issue_and_may_come_back(
    conn: psycopg.Connection, registry: Registry
) -> None:
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'C'")
    publish(conn, tonight(conn, registry), registry)
    assert shown(conn, "C") is None
    assert causes(conn, "C")[-1] == "removed"

    conn.execute(FIGURE, ("C", "2025-M07", "5"))
    publish(conn, tonight(conn, registry), registry)
    assert shown(conn, "C") == (5, False)
    assert causes(conn, "C")[-2:] == ["removed", "recomputed"]
    revision = conn.execute("select revision from reporting.kpi_values where kpi_code = 'C'").fetchone()
    assert revision == (len(causes(conn, "C")),)


def test_a_blocked_figure_stays_and_is_marked(conn: psycopg.Connection, registry: Registry) -> None:
    value = conn.execute("select value from marts.mart_kpi_values where kpi_code = 'A'").fetchone()
    assert value is not None
    conn.execute("update marts.mart_kpi_values set value = 150 where kpi_code = 'A'")
    conn.execute(FIGURE, ("NEW", "2025-M07", "150"))
    night = tonight(conn, registry)
    block(conn, night, "A")
    block(conn, night, "NEW")

    publication = publish(conn, night, registry)

    assert publication is not None
    assert publication.rows_changed == 1
    assert shown(conn, "A") == (value[0], True)
    assert shown(conn, "NEW") is None
    assert causes(conn, "A")[-1] == "stopped"
    assert publish(conn, night, registry) is None

    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'NEW'")
    conn.execute("update marts.mart_kpi_values set value = %s where kpi_code = 'A'", value)
    publish(conn, tonight(conn, registry), registry)
    assert shown(conn, "A") == (value[0], False)
    assert causes(conn, "A")[-1] == "released"


def test_a_stopped_figure_whose_key_is_ambiguous_stops_the_publication(
    conn: psycopg.Connection, registry: Registry
) -> None:
    change(conn, "A", "value = 150")
    night = tonight(conn, registry)
    block(conn, night, "A/B")
    with pytest.raises(WarehouseError, match="'A/B/DT03-plan/.* A code of the registry may contain a slash"):
        publish(conn, night, registry)


def test_findings_are_published_once(conn: psycopg.Connection, registry: Registry) -> None:
    night = tonight(conn, registry)
    conn.execute(
        """
        insert into quality.findings (night_id, layer, rule_id, severity, message_vi, message_en, action_vi)
        values (%s, 'row', 'test.rule', 'warning', 'vi', 'en', 'vi')
        """,
        (night.night_id,),
    )
    publication = publish(conn, night, registry)
    assert publication is not None
    assert publication.rows_added == 1
    assert publish(conn, night, registry) is None
    assert conn.execute("select count(*) from reporting.findings where rule_id = 'test.rule'").fetchone() == (
        1,
    )


def test_a_mart_that_lost_or_gained_a_column_is_an_error(
    conn: psycopg.Connection, registry: Registry
) -> None:
    night = tonight(conn, registry)
    conn.execute("alter table marts.mart_targets rename column act to deed")
    with pytest.raises(WarehouseError, match="Missing in the source: act. Unknown to readers: deed"):
        publish(conn, night, registry)
    conn.rollback()


def test_no_observation_is_left_when_all_that_was_filed_is_withdrawn(
    conn: psycopg.Connection, registry: Registry
) -> None:
    file(conn, "dossiers.completed_total", 5)
    publish(conn, tonight(conn, registry), registry)
    conn.execute("truncate marts.mart_indicator_values")
    night = tonight(conn, registry)
    with pytest.raises(WarehouseError, match="mart_indicator_values is empty"):
        publish(conn, night, registry)
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) "
        "select distinct submission_id, night_id, 'withdrawn' from raw.submission_states where state = 'accepted'"
    )
    publish(conn, night, registry)
    assert conn.execute("select count(*) from reporting.indicator_values").fetchone() == (0,)


def test_an_empty_mart_is_an_error_not_a_withdrawal(conn: psycopg.Connection, registry: Registry) -> None:
    night = tonight(conn, registry)
    before = everything(conn)
    conn.execute("truncate marts.mart_kpi_values")
    with pytest.raises(WarehouseError, match="mart_kpi_values is empty"):
        publish(conn, night, registry)
    conn.rollback()
    assert everything(conn) == before
