"""Checks at the exit: which candidate figures must not replace what readers see.

Only candidates that differ from the published figure are judged, so a night that changes nothing does not
even import Great Expectations. A figure stopped here keeps its last good issue, marked stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from kpi_reporting.checks.gx import Asset, FailedRow, RuleOutcome, run_rules
from kpi_reporting.checks.record import SUITE_UNREADABLE, record_could_not_run, record_outcomes, sentences
from kpi_reporting.checks.suites import SuiteError, load_suite
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night

SUITE = "exit"
KEYS = ("kpi_code", "formula_code", "unit_id", "calendar_code", "period_code")
_CHANGED = """
select c.*
from marts.mart_exit_candidates as c
left join reporting.kpi_values as p
    on
        p.kpi_code = c.kpi_code and p.formula_code = c.formula_code and p.unit_id = c.unit_id
        and p.calendar_code = c.calendar_code and p.period_code = c.period_code
where
    p.kpi_code is null
    or row(c.value, c.numerator, c.denominator, c.units_counted, c.units_owed, c.data_state, c.reason)
    is distinct from row(p.value, p.numerator, p.denominator, p.units_counted, p.units_owed, p.data_state, p.reason)
"""

_BLOCK = """
insert into quality.blocked_figures (night_id, figure_key, rule_id)
select %(night_id)s, concat_ws('/', x.kpi_code, x.formula_code, x.unit_id, x.calendar_code, x.period_code), %(rule_id)s
from jsonb_to_recordset(%(rows)s::jsonb) as x (
    kpi_code text, formula_code text, unit_id text, calendar_code text, period_code text
)
on conflict do nothing
"""

_BLOCK_ALL = f"""
insert into quality.blocked_figures (night_id, figure_key, rule_id)
select %(night_id)s, concat_ws('/', c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code), %(rule_id)s
from ({_CHANGED}) as c
on conflict do nothing
"""

# What an attempt found that was broken off before anything was published is found again, and counted once.
_UNPUBLISHED = "not exists (select from reporting.publications as p where p.night_id = %(night_id)s)"
_FORGET = (
    "delete from quality.blocked_figures where night_id = %(night_id)s",
    f"delete from quality.check_runs where night_id = %(night_id)s and suite = '{SUITE}' and {_UNPUBLISHED}",
    f"""
    delete from quality.findings
    where
        night_id = %(night_id)s and submission_id is null and layer in ('exit', 'history') and {_UNPUBLISHED}
    """,
)

# A full computation after the rebuild made the kept tables anew.
_BLOCK_REBUILT_OTHERWISE = """
insert into quality.blocked_figures (night_id, table_name, figure_key, rule_id)
select distinct %s, d.table_name, d.row_key, 'exit.rebuilt_otherwise'
from quality.rebuild_differences as d
inner join quality.rebuilds as r using (rebuild_id)
where
    r.rebuild_id = (select max(n.rebuild_id) from quality.rebuilds as n)
    and d.table_name in ('kpi_values', 'kpi_values_on_current_boundaries', 'kpi_comparisons', 'target_progress')
    and not exists (
        select from raw.computations as c where c.is_full and c.computation_id > r.computation_id
    )
on conflict do nothing
"""

_FINDINGS = """
insert into quality.findings (
    night_id, layer, rule_id, severity, period_code, subject, found, message_vi, message_en, action_vi
)
select
    %(night_id)s, %(layer)s, %(rule_id)s, %(severity)s, c.period_code,
    concat_ws('/', c.kpi_code, c.formula_code, c.unit_id, c.calendar_code, c.period_code), seen.found,
    %(reason_vi)s, %(reason_en)s, %(action_vi)s
from jsonb_to_recordset(%(rows)s::jsonb) as x (
    kpi_code text, formula_code text, unit_id text, calendar_code text, period_code text
)
inner join marts.mart_exit_candidates as c using (kpi_code, formula_code, unit_id, calendar_code, period_code)
left join lateral (
    select string_agg(n.field || ' = ' || coalesce(to_jsonb(c) ->> n.field, '–'), '; ' order by n.place) as found
    from unnest(%(fields)s::text[]) with ordinality as n (field, place)
) as seen on true
on conflict do nothing
"""


@dataclass(frozen=True)
class ExitSummary:
    """How many changed candidates were judged, how many figures are blocked, how many only have a warning."""

    judged: int = 0
    blocked: int = 0
    warned: int = 0
    broken: tuple[str, ...] = ()


def check_exit(
    conn: psycopg.Connection, dsn: str, registry: Registry, night: Night, expectations_dir: Path
) -> ExitSummary:
    """Judge every candidate that differs from what is published; keep findings and blocked figures.

    A rule that could not run blocks all changed figures. ``dsn`` is the ``postgresql://`` address of the same
    warehouse; marts must be committed.
    """
    path = expectations_dir / f"{SUITE}.yml"
    with conn.transaction():
        for statement in _FORGET:
            conn.execute(statement.encode(), {"night_id": night.night_id})
        conn.execute(_BLOCK_REBUILT_OTHERWISE, (night.night_id,))
        judged = _count_changed(conn)
        if not judged or not path.exists():
            return ExitSummary(judged=judged)
        broken = _judge(conn, dsn, night, path, judged)
        blocked, warned = _counts(conn, night)
    return ExitSummary(judged, blocked, warned, tuple(broken))


def _judge(conn: psycopg.Connection, dsn: str, night: Night, path: Path, judged: int) -> list[str]:
    """Run the suite; return the faults of rules that could not run."""
    columns = _columns(conn)
    try:
        suite = load_suite(path, frozenset(columns))
    except SuiteError as error:
        return [_block_everything(conn, night, SUITE_UNREADABLE, str(error))]
    asset = Asset(SUITE, _CHANGED.strip(), KEYS, columns, row_kind=None, period_last_day="last_day")
    outcomes = run_rules(dsn, asset, suite.rules)
    record_outcomes(conn, night, SUITE, outcomes, judged)
    _keep(conn, night, outcomes)
    return [
        _block_everything(conn, night, one.rule.id, one.error) for one in outcomes if one.error is not None
    ]


def _keep(conn: psycopg.Connection, night: Night, outcomes: Iterable[RuleOutcome]) -> None:
    for outcome in outcomes:
        if not outcome.failed:
            continue
        told = {
            **sentences(outcome.rule),
            "fields": list(outcome.rule.fields),
            "rows": _as_json(outcome.failed),
        }
        conn.execute(_FINDINGS.encode(), {"night_id": night.night_id, **told})
        if outcome.rule.severity == "error":
            conn.execute(_BLOCK, {"night_id": night.night_id, **told})


def _as_json(failed: tuple[FailedRow, ...]) -> str:
    return json.dumps([row.keys for row in failed])


def _block_everything(conn: psycopg.Connection, night: Night, rule_id: str, error: str) -> str:
    record_could_not_run(conn, night, rule_id, error, None)
    conn.execute(_BLOCK_ALL.encode(), {"night_id": night.night_id, "rule_id": rule_id})
    return f"{rule_id}: {error}"


def _count_changed(conn: psycopg.Connection) -> int:
    row = conn.execute(sql.SQL("select count(*) from ({}) as changed").format(sql.SQL(_CHANGED))).fetchone()
    return int(row[0]) if row else 0


def _columns(conn: psycopg.Connection) -> tuple[str, ...]:
    described = conn.execute("select * from marts.mart_exit_candidates limit 0").description or []
    return tuple(column.name for column in described)


def _counts(conn: psycopg.Connection, night: Night) -> tuple[int, int]:
    row = conn.execute(
        """
        select
            (
                select count(distinct figure_key) from quality.blocked_figures
                where night_id = %(night_id)s and table_name = 'kpi_values'
            ),
            (
                select count(distinct subject) from quality.findings
                where night_id = %(night_id)s and layer in ('exit', 'history') and severity = 'warning'
            )
        """,
        {"night_id": night.night_id},
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
