"""What only figures have: revisions, issues with their cause, and the mark of a stale figure."""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.publish.diff import assignments, names
from kpi_reporting.publish.tables import Layout
from kpi_reporting.warehouse.nights import Night

FIGURES = "kpi_values"

_BLOCKED = """
create temp table blocked on commit drop as
select distinct figure_key from quality.blocked_figures where night_id = %s
"""

_KEEP_BLOCKED = """
delete from changes_kpi_values as c using blocked as b
where b.figure_key = concat_ws('/', c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code)
"""

# A figure that is stopped keeps its value and becomes stale; one that agrees again with its source is stale no more.
_MARK = """
insert into changes_kpi_values (kpi_code, formula_code, unit_id, calendar_code, period_code, change)
select v.kpi_code, v.formula_code, v.unit_id, v.calendar_code, v.period_code, 'marked'
from reporting.kpi_values as v
left join blocked as b
    on b.figure_key = concat_ws('/', v.kpi_code, v.formula_code, v.unit_id, v.calendar_code, v.period_code)
left join changes_kpi_values as c using (kpi_code, formula_code, unit_id, calendar_code, period_code)
where v.is_stale is distinct from (b.figure_key is not null) and c.change is null
"""

_ISSUES = """
insert into reporting.kpi_value_issues (
    kpi_code, formula_code, unit_id, calendar_code, period_code, revision, publication_id, is_removed, cause,
    formula_version, value, numerator, denominator, units_counted, units_owed, data_state, reason, target_status
)
select
    c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code,
    coalesce(past.revision, 0) + 1, %s, c.change = 'removed',
    case
        when c.change = 'removed' then 'removed'
        when past.revision is null then 'first'
        when c.change = 'added' then 'correction'
        when new.formula_version <> old.formula_version then 'formula'
        when new.units_counted > old.units_counted then 'late'
        when
            row(new.value, new.numerator, new.denominator)
            is distinct from row(old.value, old.numerator, old.denominator) then 'correction'
        else 'recomputed'
    end,
    new.formula_version, new.value, new.numerator, new.denominator, new.units_counted, new.units_owed,
    new.data_state, new.reason, new.target_status
from changes_kpi_values as c
left join marts.mart_kpi_values as new using (kpi_code, formula_code, unit_id, calendar_code, period_code)
left join reporting.kpi_values as old using (kpi_code, formula_code, unit_id, calendar_code, period_code)
left join lateral (
    select max(i.revision) as revision
    from reporting.kpi_value_issues as i
    where
        row(i.kpi_code, i.formula_code, i.unit_id, i.calendar_code, i.period_code)
        = row(c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code)
) as past on true
where c.change <> 'marked'
"""

_UPSERT = """
insert into reporting.kpi_values ({columns}, is_stale, revision, publication_id)
select {new_columns}, false, issue.revision, issue.publication_id
from marts.mart_kpi_values as new
inner join reporting.kpi_value_issues as issue using ({keys})
where issue.publication_id = {publication} and not issue.is_removed
on conflict ({keys}) do update set
    {assignments}, is_stale = false, revision = excluded.revision, publication_id = excluded.publication_id
"""

_DELETE = """
delete from reporting.kpi_values as v using changes_kpi_values as c
where
    c.change = 'removed'
    and row(v.kpi_code, v.formula_code, v.unit_id, v.calendar_code, v.period_code)
    = row(c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code)
"""

_FLIP = """
update reporting.kpi_values as v set is_stale = not v.is_stale, publication_id = %s
from changes_kpi_values as c
where
    c.change = 'marked'
    and row(v.kpi_code, v.formula_code, v.unit_id, v.calendar_code, v.period_code)
    = row(c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code)
"""

_CONTENT_HASH = """
select encode(sha256(convert_to(coalesce(string_agg(md5(figure), '' order by {keys}), ''), 'UTF8')), 'hex')
from (select {keys}, cast(row({columns}) as text) as figure from reporting.kpi_values) as published
"""


def hold_back_blocked(conn: psycopg.Connection, night: Night) -> None:
    """Take blocked figures out of the changes, and add those whose stale mark has to change."""
    conn.execute(_BLOCKED, (night.night_id,))
    conn.execute(_KEEP_BLOCKED)
    conn.execute(_MARK)


def apply_figures(conn: psycopg.Connection, layout: Layout, publication_id: int) -> None:
    """Write an issue for every changed figure, then bring the published figures to that state."""
    conn.execute(_ISSUES, (publication_id,))
    conn.execute(_DELETE)
    conn.execute(
        sql.SQL(_UPSERT).format(
            columns=names(layout.columns), new_columns=names(layout.columns, "new"), keys=names(layout.keys),
            publication=sql.Literal(publication_id), assignments=assignments(layout.columns),
        )
    )  # fmt: skip
    conn.execute(_FLIP, (publication_id,))


def content_sha256(conn: psycopg.Connection, layout: Layout) -> str:
    """Hash of all published figures with their stale marks; equal content has an equal hash."""
    query = sql.SQL(_CONTENT_HASH).format(
        columns=names((*layout.columns, "is_stale")), keys=names(layout.keys)
    )
    row = conn.execute(query).fetchone()
    return str(row[0]) if row else ""
