"""Which changed rows a submission touched: what is new in the ledger, and every figure it can reach."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from kpi_reporting.publish.circumstances import Circumstances
from kpi_reporting.publish.diff import names
from kpi_reporting.publish.tables import Layout
from kpi_reporting.registry import Registry
from kpi_reporting.registry.resolve import resolved_formula_terms

# What the product measures itself has the submission 0; it moves by itself as long as the registry stands still.
_NEWS = """
create temp table news on commit drop as
select distinct s.submission_id from raw.submission_states as s where s.state_seq > %(read_before)s
union
select 0 where not %(registry_changed)s
"""

_FEEDS = """
create temp table feeds on commit drop as
select * from unnest(%s::text[], %s::text[]) as t (formula_code, indicator_code)
"""

_ASKED = """
create temp table asked on commit drop as
select * from unnest(%s::text[], %s::text[]) as t (form_code, indicator_code)
"""

_ABOVE = """
create temp table above on commit drop as
with recursive parents as (
    select * from unnest(%s::text[], %s::text[]) as t (unit_id, parent_id)
),

upward as (
    select unit_id, unit_id as ancestor_id from parents
    union
    select u.unit_id, p.parent_id
    from upward as u inner join parents as p on p.unit_id = u.ancestor_id
    where p.parent_id is not null
)

select unit_id, ancestor_id from upward
"""

_ALL_TOUCHED = """
create temp table {touched} on commit drop as
select {keys} from {changes} inner join (select distinct {keys} from {of_computation}) as t using ({keys})
"""

_TOUCHED_OBSERVATIONS = """
create temp table touched_indicator_values on commit drop as
select {keys}, coalesce(new.last_day, old.last_day) as last_day
from changes_indicator_values as c
left join marts.mart_indicator_values as new using ({keys})
left join reporting.indicator_values as old using ({keys})
where
    (
        new.submission_id in (select n.submission_id from news as n)
        or old.submission_id in (select n.submission_id from news as n)
    )
    and row(new.value, new.submission_id) is distinct from row(old.value, old.submission_id)
"""

# A nil filing brings no observation, yet it is an answer to every indicator its form asks for, also when it is taken
# back.
_ANSWERS = """
create temp table answers on commit drop as
select t.indicator_code, t.unit_id, t.last_day from touched_indicator_values as t
union
select a.indicator_code, c.unit_id, p.last_day
from changes_obligations as c
left join marts.mart_obligations as new using (unit_id, form_code, calendar_code, period_code)
left join reporting.obligations as old using (unit_id, form_code, calendar_code, period_code)
inner join marts.mart_periods as p using (calendar_code, period_code)
inner join asked as a using (form_code)
where
    new.submission_id in (select n.submission_id from news as n)
    or old.submission_id in (select n.submission_id from news as n)
"""

# Windows of formulas reach back, so an answer reaches every figure that ends no earlier than its own period.
_TOUCHED_FIGURES = """
create temp table touched_kpi_values on commit drop as
with moved as (
    select f.formula_code, a.ancestor_id as unit_id, min(t.last_day) as last_day
    from answers as t
    inner join feeds as f using (indicator_code)
    inner join (
        select unit_id, ancestor_id from above union select unit_id, unit_id from answers
    ) as a using (unit_id)
    group by f.formula_code, a.ancestor_id
)

select {keys}
from changes_kpi_values as c
left join marts.mart_kpi_values as new using ({keys})
left join reporting.kpi_values as old using ({keys})
inner join moved as m using (formula_code, unit_id)
where m.last_day <= coalesce(new.last_day, old.last_day)
"""

TEMPORARY = ("news", "feeds", "asked", "above", "answers", "touched_indicator_values", "touched_kpi_values")


def find_touched(
    conn: psycopg.Connection,
    registry: Registry,
    between: Circumstances,
    figures: Layout,
    observations: Layout,
) -> None:
    """Fill ``touched_kpi_values`` and ``touched_indicator_values``: keys that a submission changed.

    A computation that recomputed only what the ledger touched has told so itself; else it is worked out.
    """
    if figures.is_scoped and observations.is_scoped:
        for layout in (observations, figures):
            _take_over(conn, layout)
        return
    changed = bool(between.changed_files)
    conn.execute(_NEWS, {"read_before": between.read_before, "registry_changed": changed})
    _describe(conn, registry)
    conn.execute(sql.SQL(_TOUCHED_OBSERVATIONS).format(keys=names(observations.keys)))
    conn.execute(_ANSWERS)
    conn.execute(sql.SQL(_TOUCHED_FIGURES).format(keys=names(figures.keys)))


def _describe(conn: psycopg.Connection, registry: Registry) -> None:
    """Say which indicators feed a formula, which a form asks for, and who stands above whom."""
    terms = resolved_formula_terms(registry)
    conn.execute(_FEEDS, _columns((term.formula_code, term.indicator_code) for term in terms))
    conn.execute(
        _ASKED, _columns([(field.form_code, field.indicator_code) for field in registry.form_fields])
    )
    conn.execute(_ABOVE, _columns([(unit.unit_id, unit.parent_id) for unit in registry.units]))


def _take_over(conn: psycopg.Connection, layout: Layout) -> None:
    table = sql.Identifier(*(layout.published.touched or "").split("."))
    touched = sql.Identifier(f"touched_{layout.published.name}")
    conn.execute(
        sql.SQL(_ALL_TOUCHED).format(
            touched=touched, keys=names(layout.keys), changes=layout.changes, of_computation=table
        )
    )


def _columns(pairs: Iterable[tuple[str, str | None]]) -> tuple[list[str], list[str | None]]:
    told = sorted(set(pairs), key=str)
    return [first for first, _ in told], [second for _, second in told]
