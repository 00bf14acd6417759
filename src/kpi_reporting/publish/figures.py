"""Figures an exit rule stopped, and the stale mark of everything that is held back with them."""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish.diff import names
from kpi_reporting.publish.tables import Layout

FIGURES = "kpi_values"
KEYS = ("kpi_code", "formula_code", "unit_id", "calendar_code", "period_code")

# A row of kpi_values is named by its key; so is one of a derived table that a rebuild gave otherwise.
_HELD = """
create temp table {held} on commit drop as
select distinct {parts}
from (
    select string_to_array(b.figure_key, '/') as key
    from quality.blocked_figures as b
    where b.night_id = {night} and b.table_name = {table}
) as stopped
"""

_UNREADABLE = """
select b.figure_key from quality.blocked_figures as b
where b.night_id = %s and b.table_name = %s and cardinality(string_to_array(b.figure_key, '/')) <> %s
"""

_KEEP = """
delete from {changes} as c using {held} as h where row({held_keys}) = row({change_keys})
"""

# What is held back keeps its state and becomes stale; what agrees again with its source is stale no more.
_MARK = """
insert into {changes} ({keys}, change)
select {keys}, 'marked'
from (
    select {old_keys} from {held} inner join {target} as old using ({keys}) where not old.is_stale
    union all
    select {old_keys} from {target} as old
    where old.is_stale and not exists (select from {held} as h where row({held_keys}) = row({old_keys}))
) as flipped
where not exists (select from {changes} as c where row({change_keys}) = row({flipped_keys}))
"""


def read_stopped(conn: psycopg.Connection, night_id: str, layout: Layout) -> None:
    """List the rows of a table that were stopped by name in a night, in its temporary table of what is held back.

    Raises:
        WarehouseError: a stopped row cannot be told from others by its key, so it could slip through.
    """
    table = layout.published.name
    unreadable = conn.execute(_UNREADABLE, (night_id, table, len(layout.keys))).fetchone()
    if unreadable is not None:
        raise WarehouseError(
            f"The stopped row {unreadable[0]!r} of {table} is not named as {'/'.join(layout.keys)}; nothing was "
            "published. A code of the registry may contain a slash: rename it."
        )
    parts = (
        sql.SQL("key[{}] as {}").format(sql.Literal(place), sql.Identifier(name))
        for place, name in enumerate(layout.keys, start=1)
    )
    conn.execute(
        sql.SQL(_HELD).format(
            held=layout.held, parts=sql.SQL(", ").join(parts), night=sql.Literal(night_id),
            table=sql.Literal(table),
        )
    )  # fmt: skip


def hold_back(conn: psycopg.Connection, layout: Layout) -> None:
    """Take what is held back out of the changes, and add the rows whose stale mark has to change."""
    parts = {
        "changes": layout.changes, "held": layout.held, "target": layout.target, "keys": names(layout.keys),
        "held_keys": names(layout.keys, "h"), "change_keys": names(layout.keys, "c"),
        "old_keys": names(layout.keys, "old"), "flipped_keys": names(layout.keys, "flipped"),
    }  # fmt: skip
    conn.execute(sql.SQL(_KEEP).format(**parts))
    conn.execute(sql.SQL(_MARK).format(**parts))
