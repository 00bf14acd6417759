"""What was filed before and decides about a new filing, copied from the ledger into the warehouse beside.

The ledger is only read, and only what the ledger's own keys find: equal bytes, and filings for the same obligation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

import psycopg
from psycopg import sql

from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.earlier import EARLIER, periods_back

# What is not read yet is read by the night itself. Whether bytes are a duplicate, the last word for the same decides.
_SAME_BYTES = """
with same as (
    select g.* from raw.submissions as s
    inner join raw.readings as g using (submission_id)
    where s.sha256 = any(%s)
)

select submission_id from same
union
select g.submission_id
from same as o
inner join raw.readings as g
    on
        g.period_code = o.period_code and g.form_code = o.form_code
        and coalesce(g.unit_code, g.sender_code) = coalesce(o.unit_code, o.sender_code)
"""
_SAME_OBLIGATIONS = """
select g.submission_id
from raw.readings as g
inner join unnest(%s::text[], %s::text[], %s::text[]) as o (period_code, form_code, unit_code)
    on
        g.period_code = o.period_code and g.form_code = o.form_code
        and coalesce(g.unit_code, g.sender_code) = o.unit_code
"""
_OBLIGATIONS = """
select distinct g.period_code, g.form_code, coalesce(g.unit_code, g.sender_code)
from raw.readings as g
where g.period_code is not null and g.form_code is not null and coalesce(g.unit_code, g.sender_code) is not null
"""
_IS_JUDGED = """
not exists (select from raw.unsettled_submissions as w where w.submission_id = g.submission_id)
"""
# What a filing is compared with: what took force for the period before.
_PERIODS_BEFORE = """
select o.place, q.period_code
from unnest(%s::text[]) with ordinality as o (period_code, place)
inner join registry.periods as p using (period_code)
inner join registry.periods as q
    on p.calendar_code = q.calendar_code and p.period_kind = q.period_kind and q.last_day = p.first_day - 1
group by o.place, q.period_code
"""
_UNJUDGED = "submission_id in (select submission_id from raw.unsettled_submissions where state = 'read')"
# A reason or a waiver may have been entered for a filing of another period, to which it refers.
_WITH_ACTS = """
select e.submission_id from raw.explanations as e
where e.sender_unit_id = any(%(units)s) and e.form_code = any(%(forms)s) and e.period_code = any(%(periods)s)
union
select w.submission_id from raw.waivers as w where w.unit_code = any(%(codes)s) and w.form_code = any(%(forms)s)
"""
_STAGED = sql.SQL("select distinct submission_id from {}")
_NEXT = """
select
    (select coalesce(max(s.submission_id), 0) + 1 from raw.submissions as s),
    (select coalesce(max(t.state_seq), 0) + 1 from raw.submission_states as t),
    (select coalesce(max(f.finding_id), 0) + 1 from quality.findings as f)
"""
# What a filing is compared with, too: the table of the last one in force, however many periods ago that was.
_PERIODS_BACK = f"""
with filings as materialized (
    select f.* from staging.stg_filings as f
    inner join raw.unsettled_submissions as w using (submission_id)
    where w.state = 'read'
),

periods_back as ({periods_back("filings")})

select coalesce(json_agg(b), '[]')::text from periods_back as b
"""
_EARLIER = f"""
with periods_back as materialized (
    select b.* from json_to_recordset(%s::json) as b (
        submission_id bigint, sender_unit_id text, sender_code text, form_code text, calendar_code text,
        received_at timestamptz, period_code text, last_day date, is_own boolean
    )
)

select distinct e.earlier_id from ({EARLIER}) as e
"""
_COLUMNS = """
select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
from pg_attribute as a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
"""


def continue_numbers(ledger: psycopg.Connection, beside: psycopg.Connection) -> int:
    """Number what comes as the ledger would, so that what is copied keeps its own numbers; return the first."""
    with ledger.transaction():
        numbers = ledger.execute(_NEXT).fetchone() or (1, 1, 1)
    restart = sql.SQL("alter table {} alter {} restart with {}")
    columns = (
        ("raw", "submissions", "submission_id"),
        ("raw", "submission_states", "state_seq"),
        ("quality", "findings", "finding_id"),
    )
    with beside.transaction():
        for (schema, table, column), number in zip(columns, numbers, strict=True):
            name = sql.Identifier(schema, table)
            beside.execute(restart.format(name, sql.Identifier(column), sql.Literal(number)))
    return int(numbers[0])


def copy_same_bytes(ledger: psycopg.Connection, beside: psycopg.Connection, hashes: Sequence[str]) -> None:
    """Copy the filings that have these bytes."""
    with ledger.transaction(), beside.transaction():
        _copy_filings(ledger, beside, [one for (one,) in ledger.execute(_SAME_BYTES, (list(hashes),))])


def copy_same_obligations(ledger: psycopg.Connection, beside: psycopg.Connection, registry: Registry) -> None:
    """Copy the filings for the obligations that stand in the warehouse beside, and the deadlines these were told."""
    with ledger.transaction(), beside.transaction():
        obligations = beside.execute(_OBLIGATIONS).fetchall()
        if not obligations:
            return
        periods, forms, codes = (list(column) for column in zip(*obligations, strict=True))
        units = [unit.unit_id for unit in registry.units if unit.code in codes]
        asked = {"periods": periods, "forms": forms, "codes": codes, "units": units}
        found = [one for (one,) in ledger.execute(_SAME_OBLIGATIONS, (periods, forms, codes))]
        before = _filed_before(ledger, periods, forms, codes)
        _copy_filings(
            ledger, beside, [*found, *before, *(one for (one,) in ledger.execute(_WITH_ACTS, asked))]
        )
        _copy_acts(ledger, beside)
        _copy_deadlines(ledger, beside, units, forms, periods)


def _filed_before(
    ledger: psycopg.Connection, periods: Sequence[str], forms: Sequence[str], codes: Sequence[str]
) -> list[int]:
    """The filings for the period before each obligation that were judged."""
    if ledger.execute("select to_regclass('registry.periods')").fetchone() == (None,):
        return []
    found = ledger.execute(_PERIODS_BEFORE, (list(periods),)).fetchall()
    obligations = [(period, forms[place - 1], codes[place - 1]) for place, period in found]
    asked = [[one[part] for one in obligations] for part in range(3)]
    judged = f"{_SAME_OBLIGATIONS} where {_IS_JUDGED}"
    return [one for (one,) in ledger.execute(judged.encode(), asked)]


def _copy_acts(ledger: psycopg.Connection, beside: psycopg.Connection) -> None:
    there = [one for (one,) in beside.execute("select submission_id from raw.submissions")]
    for table in ("explanations", "waivers"):
        _copy(ledger, beside, "raw", table, sql.SQL("submission_id = any({})").format(there))


def copy_earlier_layouts(ledger: psycopg.Connection, beside: psycopg.Connection) -> None:
    """Copy the filings whose tables those that wait to be judged are compared with, and where these tables stand."""
    with ledger.transaction(), beside.transaction():
        if ledger.execute("select to_regclass('staging.stg_filings')").fetchone() == (None,):
            return
        asked = beside.execute(_PERIODS_BACK).fetchone()
        earlier = [one for (one,) in ledger.execute(_EARLIER, asked)]
        _copy_filings(ledger, beside, earlier)
        there = [one for (one,) in beside.execute("select distinct submission_id from raw.layout_columns")]
        missing = sorted(set(earlier) - set(there))
        _copy(ledger, beside, "raw", "layout_columns", sql.SQL("submission_id = any({})").format(missing))


def copy_figures(ledger: psycopg.Connection, beside: psycopg.Connection) -> None:
    """Copy what was staged of the copied filings, for checks that compare a filing with others of its obligation."""
    with ledger.transaction(), beside.transaction():
        there = [one for (one,) in beside.execute("select submission_id from raw.submissions")]
        if ledger.execute("select to_regclass('staging.stg_figures')").fetchone() == (None,):
            return
        for table in ("stg_filings", "stg_rows", "stg_figures", "stg_observations"):
            staged = beside.execute(_STAGED.format(sql.Identifier("staging", table))).fetchall()
            before = sorted(set(there) - {one for (one,) in staged})
            _copy(ledger, beside, "staging", table, sql.SQL("submission_id = any({})").format(before))


def _copy_filings(ledger: psycopg.Connection, beside: psycopg.Connection, found: Sequence[int]) -> None:
    there = {one for (one,) in beside.execute("select submission_id from raw.submissions")}
    submissions = sorted(set(found) - there)
    if not submissions:
        return
    these = sql.SQL("submission_id = any({})").format(submissions)
    _copy_nights(ledger, beside, these)
    for table in ("submissions", "submission_states", "readings", "withdrawals", "held_decisions"):
        _copy(ledger, beside, "raw", table, these)
    _copy(ledger, beside, "quality", "findings", these)
    warned = sql.SQL("finding_id in (select finding_id from quality.findings where {})").format(these)
    _copy(ledger, beside, "quality", "values_to_explain", warned)
    for table in ("layout_columns", "sheet_rows"):
        _copy(ledger, beside, "raw", table, sql.SQL("{} and {}").format(these, sql.SQL(_UNJUDGED)))


def _copy_nights(ledger: psycopg.Connection, beside: psycopg.Connection, these: sql.Composed) -> None:
    there = [one for (one,) in beside.execute("select night_id from raw.nights")]
    where = sql.SQL(
        "night_id <> all({there}::text[]) and night_id in ("
        "select night_id from raw.submissions where {these} "
        "union all select night_id from raw.submission_states where {these} "
        "union all select night_id from quality.findings where {these})"
    ).format(there=there, these=these)
    _copy(ledger, beside, "raw", "nights", where)


def _copy_deadlines(
    ledger: psycopg.Connection,
    beside: psycopg.Connection,
    units: Sequence[str],
    forms: Sequence[str],
    periods: Sequence[str],
) -> None:
    told = sql.SQL("unit_id = any({}) and form_code = any({}) and period_code = any({})").format(
        list(units), list(forms), list(periods)
    )
    publications = sql.SQL("publication_id in (select publication_id from reporting.told_deadlines where {})")
    _copy(ledger, beside, "reporting", "publications", publications.format(told))
    _copy(ledger, beside, "reporting", "told_deadlines", told)


def _copy(
    ledger: psycopg.Connection,
    beside: psycopg.Connection,
    schema: LiteralString,
    name: LiteralString,
    where: sql.Composable,
) -> None:
    table = sql.Identifier(schema, name)
    row = beside.execute(_COLUMNS, (f"{schema}.{name}",)).fetchone()
    parts = {"table": table, "where": where, "columns": sql.SQL(row[0] if row else "")}
    reading = sql.SQL("copy (select {columns} from {table} where {where}) to stdout").format(**parts)
    writing = sql.SQL("copy {table} ({columns}) from stdin").format(**parts)
    with (
        ledger.cursor() as source,
        beside.cursor() as target,
        source.copy(reading) as rows,
        target.copy(writing) as copy,
    ):
        for block in rows:
            copy.write(block)
