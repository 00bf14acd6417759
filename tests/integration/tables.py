"""What the catalog knows of a table."""

from __future__ import annotations

import psycopg


def columns(conn: psycopg.Connection, schema: str, table: str) -> dict[str, tuple[str, bool]]:
    """Type, and whether it may be null, of each column."""
    query = """
        select a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull
        from pg_attribute as a
        where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
    """
    return {
        name: (kind, nullable)
        for name, kind, nullable in conn.execute(query, (f"{schema}.{table}",)).fetchall()
    }


def primary_key(conn: psycopg.Connection, schema: str, table: str) -> list[str]:
    query = """
        select a.attname
        from pg_index as i inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = to_regclass(%s) and i.indisprimary
        order by a.attname
    """
    return [name for (name,) in conn.execute(query, (f"{schema}.{table}",)).fetchall()]


def checks(conn: psycopg.Connection, schema: str, table: str) -> list[str]:
    """Check constraints of a table."""
    query = """
        select pg_get_constraintdef(c.oid)
        from pg_constraint as c
        where c.conrelid = to_regclass(%s) and c.contype = 'c'
        order by 1
    """
    return [check for (check,) in conn.execute(query, (f"{schema}.{table}",)).fetchall()]
