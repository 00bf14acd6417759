"""The hash of what is signed off, kept per period, so that it costs what changed."""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.publish.diff import names
from kpi_reporting.publish.tables import OWN_COLUMNS, Layout

_NUMERIC = """
select a.attname
from pg_attribute as a
where
    a.attrelid = to_regclass('reporting.kpi_values') and a.atttypid = 'numeric'::regtype
    and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""

# Without hashes of earlier publications every period is new.
_STALE_PERIODS = """
create temp table stale_periods on commit drop as
select distinct c.calendar_code, c.period_code from {changes} as c
union
select v.calendar_code, v.period_code from {target} as v
where not exists (select from reporting.period_hashes)
"""

# Equal figures hash equally whatever the way they came: 75 and 75.00 are one number, a column without a value says
# nothing, and the order is that of bytes, which no locale changes.
_RENEW = """
insert into reporting.period_hashes (calendar_code, period_code, sha256, publication_id)
select
    calendar_code, period_code,
    encode(sha256(convert_to(string_agg(f.sha256, '' order by {ordered_keys}), 'UTF8')), 'hex'), {publication}
from (
    select
        {keys},
        encode(sha256(convert_to(cast(
            jsonb_strip_nulls(to_jsonb(v) - {without}::text[] || jsonb_build_object({numbers})) as text
        ), 'UTF8')), 'hex') as sha256
    from {target} as v
    inner join stale_periods using (calendar_code, period_code)
) as f
group by calendar_code, period_code
on conflict (calendar_code, period_code) do update set
    sha256 = excluded.sha256, publication_id = excluded.publication_id
where period_hashes.sha256 <> excluded.sha256
"""

_FORGET = """
delete from reporting.period_hashes as h using stale_periods as s
where
    row(h.calendar_code, h.period_code) = row(s.calendar_code, s.period_code)
    and not exists (
        select from {target} as v where row(v.calendar_code, v.period_code) = row(s.calendar_code, s.period_code)
    )
"""

_CONTENT = """
select encode(sha256(convert_to(coalesce(string_agg(
    concat_ws('/', h.calendar_code, h.period_code, h.sha256), e'\\n'
    order by h.calendar_code collate "C", h.period_code collate "C"
), ''), 'UTF8')), 'hex')
from reporting.period_hashes as h
"""

TEMPORARY = ("stale_periods",)
_WITHOUT = sorted(OWN_COLUMNS - {"is_stale"})


def renew_hashes(conn: psycopg.Connection, figures: Layout, publication_id: int) -> str:
    """Hash the periods with changed figures anew; return the hash of all published figures with their stale marks."""
    target = {"target": figures.target}
    conn.execute(sql.SQL(_STALE_PERIODS).format(**target, changes=figures.changes))
    conn.execute(
        sql.SQL(_RENEW).format(
            **target, keys=names(figures.keys), without=sql.Literal(_WITHOUT), numbers=_trimmed(conn),
            ordered_keys=sql.SQL(", ").join(_bytewise(key) for key in figures.keys),
            publication=sql.Literal(publication_id),
        )
    )  # fmt: skip
    conn.execute(sql.SQL(_FORGET).format(**target))
    row = conn.execute(_CONTENT).fetchone()
    return str(row[0]) if row else ""


def _bytewise(column: str) -> sql.Composed:
    return sql.SQL('f.{} collate "C"').format(sql.Identifier(column))


def _trimmed(conn: psycopg.Connection) -> sql.Composed:
    numeric = [name for (name,) in conn.execute(_NUMERIC).fetchall()]
    pairs = (
        sql.SQL("{}, trim_scale(v.{})").format(sql.Literal(name), sql.Identifier(name)) for name in numeric
    )
    return sql.SQL(", ").join(pairs)
