"""Many more communes than were computed: copies of published rows, as what is published has to be many, not new."""

from __future__ import annotations

import psycopg
from psycopg import sql

_COLUMNS = """
select a.attname from pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""

_COPY = """
insert into {table} ({columns})
select {values}
from {table} as t
inner join benchmark.communes as c using (unit_id)
cross join generate_series(1, {copies}) as n
where {chosen}
"""

# Comparisons are needed for the figures that change, and these are of the latest day.
_COPIED = {
    "marts.mart_units": "true",
    "reporting.units": "true",
    "marts.mart_kpi_values": "true",
    "reporting.kpi_values": "true",
    "reporting.kpi_value_issues": "true",
    "marts.mart_kpi_comparisons": "t.last_day = (select max(k.last_day) from {table} as k)",
    "reporting.kpi_comparisons": "t.last_day = (select max(k.last_day) from {table} as k)",
}
_RENAMED = frozenset({"unit_id", "unit_code", "base_unit_id"})


def copy_communes(conn: psycopg.Connection, copies: int) -> None:
    """Add ``copies`` of each commune with its figures to marts and published tables alike.

    Hashes of periods are forgotten, so that the next publication makes all of them anew.
    """
    with conn.transaction():
        conn.execute("create schema benchmark")
        conn.execute(
            "create table benchmark.communes as select u.unit_id from registry.units as u where u.kind = 'commune'"
        )
        for table, chosen in _COPIED.items():
            _copy(conn, sql.Identifier(*table.split(".")), table, chosen, copies)
        conn.execute("delete from reporting.period_hashes")


def _copy(conn: psycopg.Connection, table: sql.Identifier, name: str, chosen: str, copies: int) -> None:
    columns = [column for (column,) in conn.execute(_COLUMNS, (name,)).fetchall()]
    conn.execute(
        sql.SQL(_COPY).format(
            table=table, columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(map(_value, columns)), copies=sql.Literal(copies),
            chosen=sql.SQL(chosen).format(table=table),
        )
    )  # fmt: skip


def _value(column: str) -> sql.Composed:
    renamed = "t.{} || '.' || n" if column in _RENAMED else "t.{}"
    return sql.SQL(renamed).format(sql.Identifier(column))
