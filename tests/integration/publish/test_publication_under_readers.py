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


def test_a_publication_killed_on_the_way_leaves_nothing(
    conn: psycopg.Connection, warehouse: str, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(conn)
    conn.execute("update marts.mart_kpi_values set value = 33 where kpi_code = 'A'")
    night = tonight(conn, registry)

    def kill_after_figures(victim: psycopg.Connection, *_: object) -> None:
        with connect(warehouse) as killer:
            killer.execute("select pg_terminate_backend(%s)", (victim.info.backend_pid,))
        victim.execute("select 1")

    with connect(warehouse) as doomed, monkeypatch.context() as patched:
        patched.setattr(publish_package, "copy_comments", kill_after_figures)
        with pytest.raises(psycopg.OperationalError):
            publish(doomed, night, registry)
    assert everything(conn) == before

    assert publish(conn, night, registry) is not None
    assert shown(conn, "A") == (33, False)


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
