"""What only figures have: those an exit rule stopped, and the mark of a stale figure."""

from __future__ import annotations

import psycopg

from kpi_reporting.errors import WarehouseError
from kpi_reporting.warehouse.nights import Night

FIGURES = "kpi_values"
_PARTS = 5

_BLOCKED = """
create temp table blocked on commit drop as
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

_KEEP_BLOCKED = """
delete from changes_kpi_values as c using blocked as b
where
    row(b.kpi_code, b.formula_code, b.unit_id, b.calendar_code, b.period_code)
    = row(c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code)
"""

# A figure that is stopped keeps its value and becomes stale; one that agrees again with its source is stale no more.
_MARK = """
insert into changes_kpi_values (kpi_code, formula_code, unit_id, calendar_code, period_code, change)
select kpi_code, formula_code, unit_id, calendar_code, period_code, 'marked'
from (
    select v.kpi_code, v.formula_code, v.unit_id, v.calendar_code, v.period_code
    from blocked
    inner join reporting.kpi_values as v using (kpi_code, formula_code, unit_id, calendar_code, period_code)
    where not v.is_stale
    union all
    select v.kpi_code, v.formula_code, v.unit_id, v.calendar_code, v.period_code
    from reporting.kpi_values as v
    left join blocked as b using (kpi_code, formula_code, unit_id, calendar_code, period_code)
    where v.is_stale and b.kpi_code is null
) as flipped
left join changes_kpi_values as c using (kpi_code, formula_code, unit_id, calendar_code, period_code)
where c.change is null
"""


def read_blocked(conn: psycopg.Connection, night: Night) -> None:
    """List the figures an exit rule stopped tonight, in the temporary table ``blocked``.

    Raises:
        WarehouseError: a stopped figure cannot be told from others by its key, so it could slip through.
    """
    unreadable = conn.execute(_UNREADABLE, (night.night_id, _PARTS)).fetchone()
    if unreadable is not None:
        raise WarehouseError(
            f"The stopped figure {unreadable[0]!r} is not named as kpi/formula/unit/calendar/period; nothing was "
            "published. A code of the registry may contain a slash: rename it."
        )
    conn.execute(_BLOCKED, (night.night_id,))


def hold_back_blocked(conn: psycopg.Connection) -> None:
    """Take blocked figures out of the changes, and add those whose stale mark has to change."""
    conn.execute(_KEEP_BLOCKED)
    conn.execute(_MARK)
