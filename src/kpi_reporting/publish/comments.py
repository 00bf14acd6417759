"""Column comments of published tables, taken over from their sources where they are missing."""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.publish.tables import SCHEMA, Published

_MISSING = """
select old.attname, col_description(new.attrelid, new.attnum)
from pg_attribute as old
inner join pg_attribute as new on new.attrelid = to_regclass(%(source)s) and new.attname = old.attname
where
    old.attrelid = to_regclass(%(target)s) and old.attnum > 0
    and col_description(old.attrelid, old.attnum) is null
    and col_description(new.attrelid, new.attnum) is not null
"""


def copy_comments(conn: psycopg.Connection, published: Published) -> None:
    """Comment the columns of a published table that have no comment yet."""
    asked = {"source": published.source_label, "target": f"{SCHEMA}.{published.name}"}
    for column, comment in conn.execute(_MISSING, asked).fetchall():
        conn.execute(
            sql.SQL("comment on column {} is {}").format(
                sql.Identifier(SCHEMA, published.name, column), sql.Literal(comment)
            )
        )
