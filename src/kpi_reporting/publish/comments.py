"""Column comments of published tables and of their issues, taken over from their sources where they are missing."""

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
    """Comment the columns of a published table that have no comment yet, and those of its issues."""
    _copy(conn, published.source_label, published.name)
    if published.issues is not None:
        _copy(conn, f"{SCHEMA}.{published.name}", published.issues)


def _copy(conn: psycopg.Connection, source: str, target: str) -> None:
    asked = {"source": source, "target": f"{SCHEMA}.{target}"}
    for column, comment in conn.execute(_MISSING, asked).fetchall():
        conn.execute(
            sql.SQL("comment on column {} is {}").format(
                sql.Identifier(SCHEMA, target, column), sql.Literal(comment)
            )
        )
