"""Readers see one publication, whole, whatever happens beside them."""

from __future__ import annotations

import threading

import psycopg
import pytest

from kpi_reporting import publish as publish_package
from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse import connect
from tests.integration.publish.figures import (
    change,
    computed,
    everything,
    shown,
    tonight,
)


def test_a_reader_sees_one_publication(conn: psycopg.Connection, warehouse: str, registry: Registry) -> None:
    conn.execute("update marts.mart_kpi_values set value = 20 where kpi_code = 'A'")
    conn.execute(
        "update marts.mart_periods set national_due_day = coalesce(national_due_day, '2025-07-25') + 1"
    )
    conn.commit()
    with connect(warehouse) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        before = shown(reader, "A")
        publish(conn, tonight(conn, registry), registry)
        conn.commit()
        newest = "select max(publication_id) from reporting.publications"
        inside = (
            reader.execute(newest).fetchone(),
            reader.execute(newest.replace("publications", "periods")).fetchone(),
        )
        assert shown(reader, "A") == before
        reader.commit()
        after = (
            reader.execute(newest).fetchone(),
            reader.execute(newest.replace("publications", "periods")).fetchone(),
        )
        assert shown(reader, "A") == (20, False)
        assert after[0] == after[1]
        assert inside != after


@pytest.mark.parametrize(
    "step",
    ["record_issues", "show_issues", "copy_comments", "log_restatements"],
    ids=lambda step: f"at {step}",
)
def test_a_publication_killed_on_the_way_leaves_nothing(
    conn: psycopg.Connection, warehouse: str, registry: Registry, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    change(conn, "A", "value = 33")
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'B'")
    night = tonight(conn, registry)
    computed(conn, night, is_full=False, kpis=("A", "B"))
    conn.commit()
    before = everything(conn)
    go_on = getattr(publish_package, step)

    def kill_afterwards(victim: psycopg.Connection, *told: object) -> None:
        go_on(victim, *told)
        with connect(warehouse) as killer:
            killer.execute("select pg_terminate_backend(%s)", (victim.info.backend_pid,))
        victim.execute("select 1")

    with connect(warehouse) as doomed, monkeypatch.context() as patched:
        patched.setattr(publish_package, step, kill_afterwards)
        with pytest.raises(psycopg.OperationalError):
            publish(doomed, night, registry)
    assert everything(conn) == before

    publication = publish(conn, night, registry)
    assert publication is not None
    assert (publication.rows_changed, publication.rows_removed) == (1, 1)
    assert (shown(conn, "A"), shown(conn, "B")) == ((33, False), None)
    assert publish(conn, night, registry) is None


def test_views_and_grants_of_others_outlive_a_publication(
    conn: psycopg.Connection, warehouse: str, registry: Registry
) -> None:
    conn.execute("create schema dashboards")
    conn.execute("grant usage, create on schema dashboards to reporting_reader")
    conn.execute("set role reporting_reader")
    conn.execute("create view dashboards.board as select kpi_code, value, is_stale from reporting.kpi_values")
    conn.execute("reset role")
    conn.execute("grant select on reporting.kpi_values to pg_monitor")
    change(conn, "A", "value = 34")
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'B'")
    conn.commit()
    publish(conn, tonight(conn, registry), registry)
    conn.commit()
    conn.execute("set role reporting_reader")
    seen = conn.execute("select kpi_code, value from dashboards.board order by 1").fetchall()
    assert seen == [("A", 34), ("C", None)]
    conn.execute("reset role")
    kept = "select has_table_privilege('pg_monitor', 'reporting.kpi_values', 'select')"
    assert conn.execute(kept).fetchone() == (True,)
    conn.execute("revoke select on reporting.kpi_values from pg_monitor")
    conn.execute("drop schema dashboards cascade")
    conn.commit()


def test_a_lock_is_waited_for(conn: psycopg.Connection, warehouse: str, registry: Registry) -> None:
    conn.execute("update marts.mart_kpi_values set value = 44 where kpi_code = 'A'")
    conn.commit()
    with connect(warehouse) as other:
        other.execute("lock table reporting.kpi_values in access exclusive mode")
        release = threading.Timer(3, other.rollback)
        release.start()
        assert publish(conn, tonight(conn, registry), registry) is not None
        release.join()
    assert shown(conn, "A") == (44, False)


def test_readers_keep_their_rights_and_comments_arrive(
    conn: psycopg.Connection, settings: object, registry: Registry
) -> None:
    row = conn.execute(
        """
        select
            has_table_privilege('reporting_reader', 'reporting.kpi_values', 'select'),
            has_table_privilege('reporting_reader', 'reporting.kpi_values', 'insert'),
            has_schema_privilege('reporting_reader', 'marts', 'usage'),
            col_description('reporting.kpi_values'::regclass, attnum)
        from pg_attribute where attrelid = 'reporting.kpi_values'::regclass and attname = 'value'
        """
    ).fetchone()
    assert row == (True, False, False, "Value of the KPI.")
