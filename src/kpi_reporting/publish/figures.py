"""Figures an exit rule stopped, and the stale mark of everything that is held back with them."""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish.diff import names
from kpi_reporting.publish.tables import Layout
from kpi_reporting.warehouse.nights import Night

FIGURES = "kpi_values"
KEYS = ("kpi_code", "formula_code", "unit_id", "calendar_code", "period_code")

_BLOCKED = """
create temp table held_kpi_values on commit drop as
select distinct
    key[1] as kpi_code, key[2] as formula_code, key[3] as unit_id, key[4] as calendar_code, key[5] as period_code
from (
    select string_to_array(b.figure_key, '/') as key from quality.blocked_figures as b where b.night_id = %s
) as stopped
"""

_UNREADABLE = """
select b.figure_key from quality.blocked_figures as b
where b.night_id = %s and cardinality(string_to_array(b.figure_key, '/')) <> %s
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


def read_blocked(conn: psycopg.Connection, night: Night) -> None:
    """List the figures an exit rule stopped tonight, in the temporary table ``held_kpi_values``.

    Raises:
        WarehouseError: a stopped figure cannot be told from others by its key, so it could slip through.
    """
    unreadable = conn.execute(_UNREADABLE, (night.night_id, len(KEYS))).fetchone()
    if unreadable is not None:
        raise WarehouseError(
            f"The stopped figure {unreadable[0]!r} is not named as kpi/formula/unit/calendar/period; nothing was "
            "published. A code of the registry may contain a slash: rename it."
        )
    conn.execute(_BLOCKED, (night.night_id,))


def hold_back(conn: psycopg.Connection, layout: Layout) -> None:
    """Take what is held back out of the changes, and add the rows whose stale mark has to change."""
    parts = {
        "changes": layout.changes, "held": layout.held, "target": layout.target, "keys": names(layout.keys),
        "held_keys": names(layout.keys, "h"), "change_keys": names(layout.keys, "c"),
        "old_keys": names(layout.keys, "old"), "flipped_keys": names(layout.keys, "flipped"),
    }  # fmt: skip
    conn.execute(sql.SQL(_KEEP).format(**parts))
    conn.execute(sql.SQL(_MARK).format(**parts))
