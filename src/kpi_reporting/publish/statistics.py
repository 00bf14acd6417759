"""Statistics of the published tables, renewed as soon as a publication made them old.

The server's autovacuum does so within a minute or two. The next night may begin at once – nights are made up for one
after the other –, and planned by the sizes of the day before it would look through a period for each of its figures.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.publish.tables import SCHEMA

# By the server's own rule and settings; a table it never looked at has -1 rows.
_OLD = """
select c.relname
from pg_class as c
where
    c.relnamespace = %s::regnamespace and c.relkind = 'r'
    and pg_stat_get_mod_since_analyze(c.oid)
    > current_setting('autovacuum_analyze_threshold')::real
    + current_setting('autovacuum_analyze_scale_factor')::real * greatest(c.reltuples, 0)
order by c.relname
"""


def send_counts(conn: psycopg.Connection) -> None:
    """Have the server told at the end of this transaction how many rows it changed."""
    conn.execute("select pg_stat_force_next_flush()")


def renew_statistics(conn: psycopg.Connection) -> None:
    """Analyze the published tables that changed by more than a tenth since they were last.

    One that another session is vacuuming is passed over: nothing waits for it.
    """
    with conn.transaction():
        for (name,) in conn.execute(_OLD, (SCHEMA,)).fetchall():
            conn.execute(sql.SQL("analyze (skip_locked) {}").format(sql.Identifier(SCHEMA, name)))
