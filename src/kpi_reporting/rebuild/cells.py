"""Cells in which two tables differ, found and kept in the database: there may be millions, when a model was wrong."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError
from kpi_reporting.warehouse.nights import Night

_SHOWN = 20

_KEYS = """
select a.attname
from pg_index as i
inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indrelid = %s::regclass and i.indisprimary
order by a.attnum
"""
_DIFFERING = """
create temp table differing_cells (
    cell_seq bigint generated always as identity,
    table_name text, row_key text, column_name text, kept text, rebuilt text
) on commit drop
"""
_FIND = """
insert into differing_cells (table_name, row_key, column_name, kept, rebuilt)
select
    {table}, concat_ws('/', {keys}), coalesce(cell.key, 'row'), cell.kept, cell.rebuilt
from {kept} as k
full join {rebuilt} as r using ({keys})
cross join lateral (
    select coalesce(o.key, n.key) as key, o.value as kept, n.value as rebuilt
    from jsonb_each_text(to_jsonb(k)) as o
    full join jsonb_each_text(to_jsonb(r)) as n using (key)
    where o.value is distinct from n.value
) as cell
where to_jsonb(k) is distinct from to_jsonb(r)
"""
_FIRST = (
    "select table_name, row_key, column_name, kept, rebuilt from differing_cells order by cell_seq limit %s"
)
_KEEP = """
with made as (
    insert into quality.rebuilds (night_id, computation_id, rows_compared)
    select %s, max(c.computation_id), %s from raw.computations as c
    returning rebuild_id
)

insert into quality.rebuild_differences (rebuild_id, table_name, row_key, column_name, kept, rebuilt)
select made.rebuild_id, d.table_name, d.row_key, d.column_name, d.kept, d.rebuilt
from differing_cells as d
cross join made
"""


@dataclass(frozen=True)
class Difference:
    """A cell that a rebuild gives otherwise; a row of one side only differs in all its cells."""

    table_name: str
    row_key: str
    column_name: str
    kept: str | None
    rebuilt: str | None

    def __str__(self) -> str:
        return (
            f"{self.table_name} {self.row_key} {self.column_name}: kept {self.kept}, rebuilt {self.rebuilt}"
        )


@dataclass(frozen=True)
class RebuildSummary:
    """How many rows were compared, and what a person is told when cells differ: nothing when none does."""

    rows_compared: int
    problem: str


def begin_comparison(conn: psycopg.Connection) -> None:
    """Make room for what differs, until the transaction ends."""
    conn.execute(_DIFFERING)


def compare(conn: psycopg.Connection, table: str, kept: sql.Identifier, rebuilt: sql.Identifier) -> None:
    """Find the cells in which a table of figures differs from the rebuilt one.

    Raises:
        WarehouseError: nobody told what tells the table's rows apart.
    """
    keys = [name for (name,) in conn.execute(_KEYS, (f"marts.mart_{table}",)).fetchall()]
    if not keys:
        raise WarehouseError(f"marts.mart_{table} has no primary key; build the marts before a rebuild.")
    named = sql.SQL(", ").join(map(sql.Identifier, keys))
    conn.execute(sql.SQL(_FIND).format(table=sql.Literal(table), kept=kept, rebuilt=rebuilt, keys=named))


def sum_up(conn: psycopg.Connection, rows_compared: int, told: str, **about: object) -> RebuildSummary:
    """Tell what the comparison found: ``told`` with the ``count`` of cells that differ, and the first ``listed``."""
    row = conn.execute("select count(*) from differing_cells").fetchone()
    if row is None or row[0] == 0:
        return RebuildSummary(rows_compared, "")
    first = [Difference(*one) for one in conn.execute(_FIRST, (_SHOWN,)).fetchall()]
    more = [f"  and {row[0] - len(first):,} more"] if row[0] > len(first) else []
    listed = "\n".join([*(f"  {one}" for one in first), *more])
    return RebuildSummary(rows_compared, told.format(count=row[0], listed=listed, **about))


def keep(conn: psycopg.Connection, night: Night, rows_compared: int) -> None:
    """Keep what differs in ``quality.rebuild_differences``: the exit holds these figures back."""
    conn.execute(_KEEP, (night.night_id, rows_compared))
