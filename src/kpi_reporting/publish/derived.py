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

# What is shown and not computed any more is gone whatever was stopped; it only asks for its cause.
_CARRIED = """
with became as (
    select distinct x.unit_id, x.current_unit_id from {intermediate}.int_current_crosswalk as x
),

reached as (
    select
        m.moved_id, m.kpi_code, m.formula_code, b.current_unit_id as unit_id, m.calendar_code, m.period_code,
        true as is_own
    from moved as m inner join became as b using (unit_id)
    union all
    select m.moved_id, m.kpi_code, m.formula_code, b.current_unit_id, m.calendar_code, w.period_code, true
    from moved as m
    inner join became as b using (unit_id)
    inner join {intermediate}.int_past_windows as w
        on
            w.formula_code = m.formula_code and w.calendar_code = m.calendar_code
            and w.part_code = m.period_code
    where not exists (
        select from became as other
        inner join {marts}.mart_kpi_values as v using (unit_id)
        where
            other.current_unit_id = b.current_unit_id and v.kpi_code = m.kpi_code
            and v.formula_code = m.formula_code and v.calendar_code = m.calendar_code
            and v.period_code = w.period_code and v.reason is distinct from 'not_comparable'
    )
    union all
    select m.moved_id, m.kpi_code, m.formula_code, s.current_unit_id, m.calendar_code, w.period_code, false
    from moved as m
    inner join {intermediate}.int_carried_shares as s using (unit_id)
    inner join {intermediate}.int_past_windows as w
        on
            w.formula_code = m.formula_code and w.calendar_code = m.calendar_code
            and w.part_code = m.period_code
)

select {keys}, r.moved_id, bool_or(r.is_own and k.is_computed) as holds
from reached as r
inner join (
    select {keys}, true as is_computed from {source}
    union all
    select {keys}, false from {target}
) as k using ({keys})
group by {keys}, r.moved_id
"""

_COMPARISONS = """
with reached as (
    select m.moved_id, {keys}, k.is_computed
    from moved as m
    inner join {known} using (kpi_code, formula_code, unit_id, calendar_code, period_code)
    union all
    -- As reported the base is always looked at.
    select m.moved_id, {known_keys}, k.is_computed
    from moved as m
    inner join {intermediate}.int_same_territories as s on s.earlier_unit_id = m.unit_id
    inner join {intermediate}.int_period_bases as b
        on b.calendar_code = m.calendar_code and b.base_period_code = m.period_code
    inner join {known}
        on
            k.kpi_code = m.kpi_code and k.formula_code = m.formula_code and k.unit_id = s.unit_id
            and k.calendar_code = b.calendar_code and k.period_code = b.period_code
            and k.compared_with = b.compared_with
    union all
    -- On current boundaries only where that gives nothing to compare with.
    select r.moved_id, {known_keys}, k.is_computed and r.holds
    from rests_kpi_values_on_current_boundaries as r
    inner join {intermediate}.int_period_bases as b
        on b.calendar_code = r.calendar_code and b.base_period_code = r.period_code
    inner join {known}
        on
            k.kpi_code = r.kpi_code and k.formula_code = r.formula_code and k.unit_id = r.unit_id
            and k.calendar_code = b.calendar_code and k.period_code = b.period_code
            and k.compared_with = b.compared_with
    where k.basis is distinct from 'as_reported' or k.base_value is null
)

select {keys}, r.moved_id, bool_or(r.is_computed) as holds
from reached as r
group by {keys}, r.moved_id
"""
_KNOWN = """
(
    select {keys}, basis, base_value, true as is_computed from {source}
    union all
    select {keys}, basis, base_value, false from {target}
) as k
"""

_PROGRESS = """
select {keys}, m.moved_id, bool_or(v.is_computed) as holds
from moved as m
inner join (
    select kpi_code, formula_code, {keys}, is_primary, target_code, true as is_computed from {marts}.mart_kpi_values
    union all
    select kpi_code, formula_code, {keys}, is_primary, target_code, false from reporting.kpi_values
) as v using (kpi_code, formula_code, unit_id, calendar_code, period_code)
where v.is_primary and v.target_code is not null
group by {keys}, m.moved_id
"""

RESTS = {CARRIED: _CARRIED, "kpi_comparisons": _COMPARISONS, "target_progress": _PROGRESS}

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
    parts = {
        "keys": names(layout.keys), "target": layout.target, "rests": layout.rests, "held": layout.held,
        "source": sql.Identifier(prefix + layout.published.source_schema, layout.published.source_name),
        "marts": sql.Identifier(f"{prefix}marts"), "intermediate": sql.Identifier(f"{prefix}intermediate"),
        "known_keys": names(layout.keys, "k"), "rest_keys": names(layout.keys, "r"),
    }  # fmt: skip
    query = sql.SQL(RESTS[layout.published.name]).format(**parts, known=sql.SQL(_KNOWN).format(**parts))
    create = sql.SQL("create temp table {rests} on commit drop as").format(**parts)
    conn.execute(sql.SQL(" ").join([create, query]))
    conn.execute(sql.SQL("analyze {rests}").format(**parts))
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
