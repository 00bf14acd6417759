"""The difference between what was computed and what readers see, and its way into the published table.

Tables that readers use are never rebuilt or swapped: rows that differ are upserted, rows that are gone are
deleted, all others are not touched and keep the publication that last changed them.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish.tables import SCHEMA, Layout

_FIND = """
create temp table {changes} on commit drop as
select
    {keys},
    case when old.{key} is null then 'added' when new.{key} is null then 'removed' else 'changed' end as change
from {source} as new {join} join {target} as old using ({keys})
where row({new_columns}) is distinct from row({old_columns})
order by {lie_by}
"""

_SCOPED = "(select t.* from {table} as t inner join {scope} using ({keys}))"

_DELETE = """
delete from {target} as old using {listed} as c
where c.change = 'removed' and row({old_keys}) = row({listed_keys})
"""

_UPSERT = """
insert into {target} ({columns}, publication_id)
select {new_columns}, {publication}
from {source} as new inner join {changes} as c using ({keys})
where c.change in ('added', 'changed')
on conflict ({keys}) do update set {assignments}, publication_id = excluded.publication_id
"""


# Whether anything is in force is asked of the ledger, not of what was computed from it.
_NOTHING_FILED = """
select not exists (
    select from raw.submission_states as t
    where t.state = 'accepted' and not exists (
        select from raw.submission_states as later
        where later.submission_id = t.submission_id and later.state_seq > t.state_seq
    )
)
"""


def find_changes(conn: psycopg.Connection, layout: Layout) -> None:
    """Fill the temporary table of changes: the key and ``added``, ``changed`` or ``removed``.

    Raises:
        WarehouseError: the source is empty while rows are published, which is a failed build, not a change, unless
            it shows what was filed and nothing is in force.
    """
    if not layout.published.append_only:
        _refuse_to_empty(conn, layout)
    conn.execute(
        sql.SQL(_FIND).format(
            changes=layout.changes, source=_compared(layout, layout.source),
            target=_compared(layout, layout.target), keys=names(layout.keys), key=sql.Identifier(layout.keys[0]),
            join=sql.SQL("left" if layout.published.append_only else "full"), lie_by=names(layout.lie_by),
            new_columns=names(layout.columns, "new"), old_columns=names(layout.columns, "old"),
        )
    )  # fmt: skip
    conn.execute(sql.SQL("analyze {}").format(layout.changes))


def count_changes(conn: psycopg.Connection, layout: Layout) -> dict[str, int]:
    """Number of rows per kind of change."""
    counted = sql.SQL("select change, count(*) from {} group by change").format(layout.changes)
    return {str(change): int(count) for change, count in conn.execute(counted).fetchall()}


def apply_changes(conn: psycopg.Connection, layout: Layout, publication_id: int) -> None:
    """Bring the published table to the state of its source, but for what is not among the changes."""
    delete_removed(conn, layout, layout.changes)
    conn.execute(
        sql.SQL(_UPSERT).format(
            target=layout.target, source=layout.source, changes=layout.changes, keys=names(layout.keys),
            columns=names(layout.columns), new_columns=names(layout.columns, "new"),
            publication=sql.Literal(publication_id), assignments=assignments(layout.columns),
        )
    )  # fmt: skip


def delete_removed(conn: psycopg.Connection, layout: Layout, listed: sql.Identifier) -> None:
    """Delete from the published table the rows that ``listed`` says are ``removed``."""
    conn.execute(
        sql.SQL(_DELETE).format(
            target=layout.target, listed=listed,
            old_keys=names(layout.keys, "old"), listed_keys=names(layout.keys, "c"),
        )
    )  # fmt: skip


def names(columns: Iterable[str], table: str | None = None) -> sql.Composed:
    """Comma-separated identifiers, with a table's alias before each if given."""
    prefix = (table,) if table else ()
    return sql.SQL(", ").join(sql.Identifier(*prefix, column) for column in columns)


def assignments(columns: Iterable[str]) -> sql.Composed:
    """``column = excluded.column`` for each column."""
    pairs = (sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in columns)
    return sql.SQL(", ").join(pairs)


def _compared(layout: Layout, table: sql.Identifier) -> sql.Composable:
    if not layout.is_scoped:
        return table
    return sql.SQL(_SCOPED).format(table=table, scope=layout.scope, keys=names(layout.keys))


def _refuse_to_empty(conn: psycopg.Connection, layout: Layout) -> None:
    query = sql.SQL("select exists (select from {}) or not exists (select from {})").format(
        layout.source, layout.target
    )
    row = conn.execute(query).fetchone()
    if row and not row[0] and not (layout.published.needs_filings and _nothing_is_filed(conn)):
        raise WarehouseError(
            f"{layout.published.source_label} is empty while {SCHEMA}.{layout.published.name} is not; "
            "nothing was published. Build the marts again and look at the night's dbt log."
        )


def _nothing_is_filed(conn: psycopg.Connection) -> bool:
    return conn.execute(_NOTHING_FILED).fetchone() == (True,)
