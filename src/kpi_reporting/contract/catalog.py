"""Published tables and views as a database has them."""

from __future__ import annotations

import psycopg

from kpi_reporting.contract.tables import Column, Table, closed_list
from kpi_reporting.publish.tables import PUBLISHED, SCHEMA

_TABLES = """
select
    c.relname,
    coalesce(obj_description(c.oid, 'pg_class'), ''),
    array(
        select a.attname
        from pg_index as i
        inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary
        order by array_position(i.indkey::smallint[], a.attnum)
    ),
    case c.relkind when 'v' then 'view' else 'table' end
from pg_class as c
where c.relnamespace = to_regnamespace(%s) and c.relkind in ('r', 'p', 'v')
order by c.relname
"""
_COLUMNS = """
select
    a.attname,
    replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz'),
    coalesce(col_description(a.attrelid, a.attnum), ''),
    a.attnotnull
from pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
_CHECKS = """
select a.attname, pg_get_constraintdef(k.oid)
from pg_constraint as k
inner join pg_attribute as a on a.attrelid = k.conrelid and array[a.attnum] = k.conkey
where k.contype = 'c' and k.conrelid in (to_regclass(%s), to_regclass(%s))
"""

# An append-only table takes its rows from one whose checks they have passed.
_CHECKED_BEFORE = {one.name: one.source_label for one in PUBLISHED if one.append_only}


def read_tables(conn: psycopg.Connection) -> list[Table]:
    """Read all tables and views of the schema of readers, with columns, keys, comments and closed lists of values."""
    found = conn.execute(_TABLES, (SCHEMA,)).fetchall()
    return [
        Table(name, comment, tuple(key), _columns(conn, name), kind) for name, comment, key, kind in found
    ]


def _columns(conn: psycopg.Connection, table: str) -> tuple[Column, ...]:
    label = f"{SCHEMA}.{table}"
    checks = conn.execute(_CHECKS, (label, _CHECKED_BEFORE.get(table, label))).fetchall()
    allowed = {name: closed_list(check) for name, check in checks}
    return tuple(
        Column(name, kind, comment, required=required, values=allowed.get(name, ()))
        for name, kind, comment, required in conn.execute(_COLUMNS, (label,)).fetchall()
    )
