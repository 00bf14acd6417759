"""The figures of the board, as published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import psycopg
from psycopg.rows import class_row

from kpi_reporting.board.period import BoardPeriod, as_of

_PLAN = """
select distinct on (k.sort_order, k.kpi_code)
    k.kpi_code, k.name_vi, k.confirmed, k.formula_code <> '' as has_formula
from reporting.kpis as k
order by k.sort_order, k.kpi_code, k.is_primary desc, k.formula_version desc
"""

_TOP_UNIT = """
select u.name_vi, u.confirmed
from reporting.units as u
where u.parent_id is null and u.valid_from <= %s
order by u.valid_from desc limit 1
"""

# Of each formula the newest period that has ended and has a value, else the newest one with a row; beside it the
# newest one, so that a missing value is told and not covered by an older one.
_FIGURES = """
with ended as (
    select
        v.*,
        first_value(v.period_code) over newest as newest_period,
        first_value(v.reason) over newest as newest_reason
    from {kpi_values} as v
    inner join reporting.units as u using (unit_id)
    where u.parent_id is null and v.last_day <= %(last_day)s
    window newest as (
        partition by v.kpi_code, v.formula_code
        order by v.last_day desc, (v.period_kind = %(period_kind)s) desc, v.first_day desc
    )
),

shown as (
    select distinct on (e.kpi_code, e.formula_code) e.*
    from ended as e
    order by
        e.kpi_code, e.formula_code, (e.value is not null) desc, e.last_day desc,
        (e.period_kind = %(period_kind)s) desc, e.first_day desc
)

select
    s.kpi_code, s.formula_code, k.formula_vi, coalesce(k.decimals, 0) as decimals, s.unit_of_measure,
    s.calendar_code, s.period_code, s.value, s.numerator, s.denominator, s.units_counted, s.units_owed,
    s.data_state, s.reason, s.is_primary, s.confirmed, s.is_stale, s.target_status, s.newest_period, s.newest_reason,
    coalesce(s.target_operator, below.target_operator) as target_operator,
    coalesce(s.target_value, below.target_value) as target_value,
    coalesce(s.target_value_high, below.target_value_high) as target_value_high,
    t.target_year, coalesce(s.target_from_code, below.target_from_code) is not null as target_on_line,
    coalesce(t.scope, '') as target_scope,
    coalesce(t.confirmed and (t.trajectory_confirmed or coalesce(t.target_year, p.year) = p.year), true)
        as target_confirmed,
    below.kind as below_kind, coalesce(below.measured, 0) as below_measured,
    coalesce(below.reached, 0) as below_reached, coalesce(below.on_track, 0) as below_on_track
from shown as s
inner join reporting.periods as p using (calendar_code, period_code)
left join reporting.kpis as k using (kpi_code, formula_code, formula_version)
left join lateral (
    select
        u.kind, b.target_code, b.target_version, b.target_operator, b.target_value, b.target_value_high,
        b.target_from_code, count(*) as measured, count(*) filter (where b.target_status = 'reached') as reached,
        count(*) filter (where b.target_status = 'on_track') as on_track
    from {kpi_values} as b
    inner join reporting.units as u using (unit_id)
    where
        b.kpi_code = s.kpi_code and b.formula_code = s.formula_code and b.calendar_code = s.calendar_code
        and b.period_code = s.period_code and b.target_code is not null
    group by
        u.kind, b.target_code, b.target_version, b.target_operator, b.target_value, b.target_value_high,
        b.target_from_code
    order by measured desc limit 1
) as below on s.is_primary and s.target_code is null
left join reporting.targets as t
    on
        t.target_code = coalesce(s.target_code, below.target_code)
        and t.target_version = coalesce(s.target_version, below.target_version)
order by s.kpi_code, s.is_primary desc, s.last_day desc, s.formula_code
"""


@dataclass(frozen=True)
class Named:
    """A KPI of the plan or the top unit: what people call it, and whether that is confirmed."""

    name_vi: str
    confirmed: bool


@dataclass(frozen=True)
class Kpi(Named):
    """A KPI of the plan; without a formula the plan gives no number for it."""

    kpi_code: str
    has_formula: bool


@dataclass(frozen=True)
class Figure:
    """One formula's published figure of the top unit in the period the board shows of it.

    ``newest_period`` is the newest that has ended, with the reason for which it has no value. ``target_on_line`` says
    that the target's value is what a line has reached by then. ``below_*`` tell of a target that is set for units
    below: how many are measured by it, reach it, or are on track.
    """

    kpi_code: str
    formula_code: str
    formula_vi: str | None
    decimals: int
    unit_of_measure: str
    calendar_code: str
    period_code: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    units_counted: int
    units_owed: int
    data_state: str
    reason: str | None
    is_primary: bool
    confirmed: bool
    is_stale: bool
    target_status: str
    newest_period: str
    newest_reason: str | None
    target_operator: str | None
    target_value: Decimal | None
    target_value_high: Decimal | None
    target_year: int | None
    target_on_line: bool
    target_scope: str
    target_confirmed: bool
    below_kind: str | None
    below_measured: int
    below_reached: int
    below_on_track: int


def plan(conn: psycopg.Connection) -> list[Kpi]:
    """Read every KPI of the plan, in its order."""
    with conn.cursor(row_factory=class_row(Kpi)) as cursor:
        return cursor.execute(_PLAN).fetchall()


def top_unit(conn: psycopg.Connection, at: BoardPeriod) -> Named:
    """Read who has nobody above: the province, or the country."""
    with conn.cursor(row_factory=class_row(Named)) as cursor:
        return cursor.execute(_TOP_UNIT, (at.last_day,)).fetchone() or Named("–", confirmed=True)


def figures(
    conn: psycopg.Connection, at: BoardPeriod, publication_id: int | None = None
) -> Mapping[str, list[Figure]]:
    """Read the top unit's figures of every formula, by KPI, the primary one first, of several the newest."""
    asked = {"last_day": at.last_day, "period_kind": at.period_kind}
    with conn.cursor(row_factory=class_row(Figure)) as cursor:
        rows = cursor.execute(_FIGURES.format(kpi_values=as_of(publication_id)).encode(), asked).fetchall()
    return {kpi_code: list(own) for kpi_code, own in groupby(rows, key=lambda figure: figure.kpi_code)}
