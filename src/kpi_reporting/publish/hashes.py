"""The hash of what is signed off, kept per period, so that it costs what changed."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg import sql

from kpi_reporting.publish.tables import Layout

_NUMERIC = """
select a.attname
from pg_attribute as a
where
    a.attrelid = to_regclass('reporting.kpi_values') and a.atttypid = 'numeric'::regtype
    and a.attnum > 0 and not a.attisdropped
"""

# Without hashes of earlier publications every period is new.
_STALE_PERIODS = """
create temp table stale_periods on commit drop as
select distinct c.calendar_code, c.period_code from {changes} as c
union
select v.calendar_code, v.period_code from {target} as v
where not exists (select from reporting.period_hashes)
"""

# Equal figures hash equally whatever the way they came: 75 and 75.00 are one number, and a column without a value
# says nothing. The order is that of the keys' bytes, which no locale changes; rows are put into words after they are
# sorted, because words are many times as long.
_RENEW = """
insert into reporting.period_hashes (calendar_code, period_code, sha256, publication_id)
select
    v.calendar_code, v.period_code,
    encode(sha256(convert_to(string_agg(concat_ws(e'\\x1f', {told}), e'\\n' order by {order}), 'UTF8')), 'hex'),
    {publication}
from {target} as v
inner join stale_periods using (calendar_code, period_code)
group by v.calendar_code, v.period_code
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


def renew_hashes(conn: psycopg.Connection, figures: Layout, publication_id: int) -> str:
    """Hash the periods with changed figures anew; return the hash of all published figures with their stale marks."""
    target = {"target": figures.target}
    conn.execute(sql.SQL(_STALE_PERIODS).format(**target, changes=figures.changes))
    # Of a table it knows nothing about the server expects thousands of periods, and reads every figure for them.
    conn.execute("analyze stale_periods")
    told = sql.SQL(", ").join(_told(conn, figures))
    order = sql.SQL(", ").join(
        sql.SQL('v.{} collate "C"').format(sql.Identifier(key)) for key in figures.keys
    )
    conn.execute(
        sql.SQL(_RENEW).format(**target, told=told, order=order, publication=sql.Literal(publication_id))
    )
    conn.execute(sql.SQL(_FORGET).format(**target))
    row = conn.execute(_CONTENT).fetchone()
    return str(row[0]) if row else ""


def _told(conn: psycopg.Connection, figures: Layout) -> Iterator[sql.Composed]:
    """Name and value of each column, the key first; nothing for a column without a value."""
    numeric = {name for (name,) in conn.execute(_NUMERIC).fetchall()}
    others = sorted(name for name in (*figures.columns, "is_stale") if name not in figures.keys)
    for name in (*figures.keys, *others):
        value = sql.SQL("trim_scale(v.{})" if name in numeric else "v.{}").format(sql.Identifier(name))
        yield sql.SQL("{} || {}").format(sql.Literal(f"{name}="), value)
