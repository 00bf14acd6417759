"""What a publication makes of the planner's statistics: the next night may begin before the server looks at them."""

from __future__ import annotations

import psycopg

from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry
from tests.integration.publish.figures import FIGURE, change, tonight

KNOWN_ROWS = "select reltuples from pg_class where oid = 'reporting.kpi_values'::regclass"


def known_rows(conn: psycopg.Connection) -> object:
    return conn.execute(KNOWN_ROWS).fetchall()[0][0]


def test_a_table_that_grew_is_analyzed_at_once_and_one_that_hardly_changed_is_not(
    conn: psycopg.Connection, registry: Registry
) -> None:
    conn.execute("alter table reporting.kpi_values set (autovacuum_enabled = off)")
    for number in range(100):
        conn.execute(FIGURE, (f"K{number}", "2025-M07", number))
    conn.commit()
    publish(conn, tonight(conn, registry), registry)
    assert known_rows(conn) == 103

    conn.execute(FIGURE, ("LATE", "2025-M07", 1))
    change(conn, "A", "value = 11")
    publish(conn, tonight(conn, registry), registry)
    assert known_rows(conn) == 103
