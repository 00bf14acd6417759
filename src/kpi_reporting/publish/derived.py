"""Which derived rows rest on which figures: what was stopped reaches no reader by way of a comparison.

A derived row rests on the figures that decide what it says. A figure on current boundaries rests on the figures of what
its unit is or was: of the period, or, where the window reaches over a change of units, of its parts. A comparison
rests on its figure and on its bases, in the order in which the macro base_figure asks them. Sums above a unit are not
held back for it, as little as in kpi_values; they only learn from it why they changed.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.publish.diff import names
from kpi_reporting.publish.tables import Layout

CARRIED = "kpi_values_on_current_boundaries"

_STOPPED_THEN = """
create temp table moved on commit drop as
select {keys}, row_number() over () as moved_id, true as is_held
from (
    select {keys} from {held}
    union
    select {keys} from reporting.kpi_values_as_of({publication}) as v where v.is_stale
) as stopped
"""
_MOVED = """
create temp table moved on commit drop as
select {keys}, row_number() over () as moved_id, h.{key} is not null as is_held
from {changes} as c full join {held} as h using ({keys})
"""

_CARRIED = """
with became as (
    select distinct x.unit_id, x.current_unit_id from {intermediate}.int_current_crosswalk as x
)

select
    m.moved_id, m.kpi_code, m.formula_code, b.current_unit_id as unit_id, m.calendar_code, m.period_code, true as holds
from moved as m inner join became as b using (unit_id)
union all
select m.moved_id, m.kpi_code, m.formula_code, b.current_unit_id, m.calendar_code, w.period_code, true
from moved as m
inner join became as b using (unit_id)
inner join {intermediate}.int_past_windows as w
    on w.formula_code = m.formula_code and w.calendar_code = m.calendar_code and w.part_code = m.period_code
where not exists (
    select from became as other
    inner join {marts}.mart_kpi_values as v using (unit_id)
    where
        other.current_unit_id = b.current_unit_id and v.kpi_code = m.kpi_code and v.formula_code = m.formula_code
        and v.calendar_code = m.calendar_code and v.period_code = w.period_code
        and v.reason is distinct from 'not_comparable'
)
union all
select m.moved_id, m.kpi_code, m.formula_code, s.current_unit_id, m.calendar_code, w.period_code, false
from moved as m
inner join {intermediate}.int_carried_shares as s using (unit_id)
inner join {intermediate}.int_past_windows as w
    on w.formula_code = m.formula_code and w.calendar_code = m.calendar_code and w.part_code = m.period_code
"""

# As reported the base is always looked at, on current boundaries only where that gives nothing to compare with.
_COMPARISONS = """
select
    m.moved_id, m.kpi_code, m.formula_code, m.unit_id, m.calendar_code, m.period_code, b.compared_with, true as holds,
    false as is_carried
from moved as m
inner join {intermediate}.int_period_bases as b using (calendar_code, period_code)
union all
select
    m.moved_id, m.kpi_code, m.formula_code, s.unit_id, m.calendar_code, b.period_code, b.compared_with, true, false
from moved as m
inner join {intermediate}.int_same_territories as s on s.earlier_unit_id = m.unit_id
inner join {intermediate}.int_period_bases as b
    on b.calendar_code = m.calendar_code and b.base_period_code = m.period_code
union all
select
    r.moved_id, r.kpi_code, r.formula_code, r.unit_id, r.calendar_code, b.period_code, b.compared_with, r.holds, true
from rests_kpi_values_on_current_boundaries as r
inner join {intermediate}.int_period_bases as b
    on b.calendar_code = r.calendar_code and b.base_period_code = r.period_code
"""
_LOOKED_AT = "not r.is_carried or k.basis is distinct from 'as_reported' or k.base_value is null"

_PROGRESS = """
select m.moved_id, {keys}, v.is_computed as holds
from moved as m
inner join (
    select kpi_code, formula_code, {keys}, is_primary, target_code, true as is_computed from {marts}.mart_kpi_values
    union all
    select kpi_code, formula_code, {keys}, is_primary, target_code, false from reporting.kpi_values
) as v using (kpi_code, formula_code, unit_id, calendar_code, period_code)
where v.is_primary and v.target_code is not null
"""

RESTS = {CARRIED: _CARRIED, "kpi_comparisons": _COMPARISONS, "target_progress": _PROGRESS}

# In two steps: of the rows they reach the planner knows nothing, and looked each up by the first half of its key.
_REACH = "create temp table {reach} on commit drop as select * from ({query}) as r order by {lie_by}"

# What is shown and not computed any more is gone whatever was stopped; it only asks for its cause.
_RESTS = """
create temp table {rests} on commit drop as
select {keys}, r.moved_id, bool_or(r.holds and k.is_computed) as holds
from {reach} as r
inner join (
    select {columns}, true as is_computed from {source}
    union all
    select {columns}, false from {target}
) as k using ({keys})
where {looked_at}
group by {keys}, r.moved_id
"""

_HELD = """
insert into {held} ({keys})
select {rest_keys} from {rests} as r inner join moved as m using (moved_id) where r.holds and m.is_held
except
select {keys} from {held}
"""

_SCOPE = """
insert into {scope} ({keys})
select {keys} from {rests}
union
select {keys} from {target} where is_stale
except
select {keys} from {scope}
"""


def find_moved(conn: psycopg.Connection, figures: Layout) -> None:
    """List the figures that change tonight or are held back, in the temporary table ``moved``."""
    conn.execute(
        sql.SQL(_MOVED).format(
            keys=names(figures.keys), key=sql.Identifier(figures.keys[0]), changes=figures.changes,
            held=figures.held,
        )
    )  # fmt: skip
    conn.execute("analyze moved")


def find_stopped_then(conn: psycopg.Connection, figures: Layout, publication_id: int) -> None:
    """List the figures that were held back in the night of a publication, in the temporary table ``moved``."""
    publication = sql.Literal(publication_id)
    conn.execute(
        sql.SQL(_STOPPED_THEN).format(keys=names(figures.keys), held=figures.held, publication=publication)
    )


def find_resting(conn: psycopg.Connection, layout: Layout, prefix: str = "") -> None:
    """List the rows of a derived table that rest on moved figures, and add those that are held back with them.

    Needs ``moved``, what was stopped by name, and for comparisons what rests on current boundaries. ``prefix`` is that
    of schemas beside the warehouse's own.
    """
    name = layout.published.name
    parts = {
        "keys": names(layout.keys), "columns": names(layout.columns), "target": layout.target, "rests": layout.rests,
        "lie_by": names(layout.lie_by),
        "held": layout.held, "rest_keys": names(layout.keys, "r"), "reach": sql.Identifier(f"reach_{name}"),
        "source": sql.Identifier(prefix + layout.published.source_schema, layout.published.source_name),
        "marts": sql.Identifier(f"{prefix}marts"), "intermediate": sql.Identifier(f"{prefix}intermediate"),
        "looked_at": sql.SQL(_LOOKED_AT if name == "kpi_comparisons" else "true"),
    }  # fmt: skip
    query = sql.SQL(RESTS[name]).format(**parts)
    conn.execute(sql.SQL(_REACH).format(**parts, query=query))
    conn.execute(sql.SQL("analyze {reach}").format(**parts))
    conn.execute(sql.SQL(_RESTS).format(**parts))
    conn.execute(sql.SQL("drop table {reach}; analyze {rests}").format(**parts))
    conn.execute(sql.SQL(_HELD).format(**parts))


def widen_scope(conn: psycopg.Connection, layout: Layout) -> None:
    """Compare as well what rests on a figure that came free, and what is stale."""
    if not layout.is_scoped:
        return
    conn.execute(
        sql.SQL(_SCOPE).format(
            scope=layout.scope, keys=names(layout.keys), rests=layout.rests, target=layout.target
        )
    )
    conn.execute(sql.SQL("analyze {}").format(layout.scope))
