"""Checks at the door: every submission that was read is accepted, rejected or held.

One validation per form over all of its new submissions. An error rejects the one submission it stands in;
a rule that could not run leaves the form's submissions waiting, since "no findings" would be a lie.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from kpi_reporting.checks.builtin import run_built_in
from kpi_reporting.checks.channels import tell_differences
from kpi_reporting.checks.gx import Asset, RuleOutcome, run_rules
from kpi_reporting.checks.held import settle_held
from kpi_reporting.checks.layout_history import tell_other_layouts
from kpi_reporting.checks.reasons import reopen
from kpi_reporting.checks.record import (
    SUITE_UNREADABLE,
    record_could_not_run,
    record_outcomes,
    record_rule_findings,
)
from kpi_reporting.checks.suites import Suite, SuiteError, load_suite
from kpi_reporting.checks.verdicts import Verdicts, give_verdicts
from kpi_reporting.checks.withdrawals import take_withdrawals
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole
from kpi_reporting.warehouse.known import judged, known
from kpi_reporting.warehouse.nights import Night

_WAITING = f"""
select s.form_code, array_agg(s.submission_id order by s.submission_id)
from raw.unsettled_submissions as w
{known("w")}
where w.state = 'read'
group by s.form_code
order by s.form_code
"""

# One row per row of a table, else one per submission, unit and breakdown; three columns per figure (see suites).
_FORM_ROWS = f"""
select pivot.*, {{sums}}
from (
    with {judged("{submissions}")}

    select
        s.submission_id, f.sheet_name,
        case when form.layout = 'table' then f.row_number end as row_number,
        case when form.layout = 'table' then r.row_kind else 'data' end as row_kind,
        case when form.layout = 'table' then r.section_code end as section_code,
        r.unit_id,
        r.breakdown_code,
        s.period_code, p.last_day as period_last_day, {{figures}}
    from staging.stg_figures as f
    inner join staging.stg_rows as r
        on r.submission_id = f.submission_id and r.sheet_name = f.sheet_name and r.row_number = f.row_number
    inner join judged as s on s.submission_id = f.submission_id
    inner join registry.forms as form on form.form_code = s.form_code and form.form_version = s.form_version
    left join registry.periods as p on p.calendar_code = s.calendar_code and p.period_code = s.period_code
    where r.note_meaning is distinct from 'no_data' and (form.layout = 'table' or r.row_kind = 'data')
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
) as pivot
"""
_FIGURE = "max(f.value) filter (where f.field_code = {code}) as {name}"
_SUMS = """
    sum({name}) filter (where row_kind = 'data') over (partition by submission_id, sheet_name) as {sum},
    max({name}) filter (where row_kind = 'grand_total') over (partition by submission_id, sheet_name) as {total}
"""

_KEYS = ("submission_id", "sheet_name", "row_number", "unit_id", "breakdown_code")


@dataclass(frozen=True)
class DoorSummary:
    """What became of the submissions that waited at the door.

    ``waiting`` counts those that stay unjudged because a rule could not run; ``broken`` says which and why.
    Of those an earlier night held ``released`` counts what an act lets in and ``turned_away`` what a person refused;
    ``withdrawn`` counts those their senders took back, ``reopened`` those that
    are judged again because a reason or a waiver was entered.
    """

    judged: int = 0
    accepted: int = 0
    rejected: int = 0
    held: int = 0
    superseded: int = 0
    waiting: int = 0
    released: int = 0
    turned_away: int = 0
    withdrawn: int = 0
    reopened: int = 0
    broken: tuple[str, ...] = ()


def check_door(
    conn: psycopg.Connection, dsn: str, registry: Registry, night: Night, expectations_dir: Path
) -> DoorSummary:
    """Check every submission in state ``read`` and give each its verdict, in one transaction.

    ``dsn`` is the ``postgresql://`` address of the same warehouse; staging must be committed.
    """
    with conn.transaction():
        # First what was taken back: what replaces it tonight takes force beside it.
        withdrawn, settled = take_withdrawals(conn, night), settle_held(conn, night)
        reopened = reopen(conn, night)
        waiting: dict[str, list[int]] = dict(conn.execute(_WAITING).fetchall())
        judged = _judge(conn, dsn, registry, night, expectations_dir, waiting) if waiting else DoorSummary()
        # A source may take back what nobody had judged yet.
        withdrawn += take_withdrawals(conn, night)
    return replace(
        judged, released=settled.released, turned_away=settled.refused, withdrawn=withdrawn, reopened=reopened
    )


def _judge(
    conn: psycopg.Connection,
    dsn: str,
    registry: Registry,
    night: Night,
    expectations_dir: Path,
    waiting: dict[str, list[int]],
) -> DoorSummary:
    everything = [one for ids in waiting.values() for one in ids]
    run_built_in(conn, night, everything)
    tell_other_layouts(conn, night, everything)
    broken = {
        form_code: faults
        for form_code, ids in waiting.items()
        if (faults := _check_form(conn, dsn, registry, night, expectations_dir / f"{form_code}.yml", ids))
    }
    judged = [one for form_code, ids in waiting.items() if form_code not in broken for one in ids]
    verdicts = give_verdicts(conn, night, judged)
    tell_differences(conn, night, judged)
    return _summary(verdicts, judged, waiting, broken)


def _summary(
    verdicts: Verdicts, judged: list[int], waiting: dict[str, list[int]], broken: dict[str, list[str]]
) -> DoorSummary:
    return DoorSummary(
        judged=len(judged), accepted=verdicts.accepted, rejected=verdicts.rejected, held=verdicts.held,
        superseded=verdicts.superseded, waiting=sum(len(waiting[form_code]) for form_code in broken),
        broken=tuple(fault for faults in broken.values() for fault in faults),
    )  # fmt: skip


def _check_form(
    conn: psycopg.Connection, dsn: str, registry: Registry, night: Night, path: Path, submissions: list[int]
) -> list[str]:
    """Run a form's suite over its new submissions; return the faults of rules that could not run."""
    if not path.exists():
        return []
    form_code = path.stem
    figures = form_figures(registry, form_code)
    try:
        suite = load_suite(path, frozenset(figures))
    except SuiteError as error:
        record_could_not_run(conn, night, SUITE_UNREADABLE, str(error), form_code)
        return [str(error)]
    asset = Asset(form_code, _form_rows(conn, figures, submissions), _KEYS, figures)
    outcomes = run_rules(dsn, asset, suite.rules)
    return _record(conn, night, suite, outcomes, len(submissions))


def _record(
    conn: psycopg.Connection, night: Night, suite: Suite, outcomes: Iterable[RuleOutcome], checked: int
) -> list[str]:
    outcomes = list(outcomes)
    record_outcomes(conn, night, suite.suite, outcomes, checked)
    faults = []
    for outcome in outcomes:
        record_rule_findings(conn, night, outcome)
        if outcome.error is not None:
            record_could_not_run(conn, night, outcome.rule.id, outcome.error, suite.suite)
            faults.append(f"{outcome.rule.id}: {outcome.error}")
    return faults


def form_figures(registry: Registry, form_code: str) -> tuple[str, ...]:
    """Codes of all figures of a form over all its versions, in the order of the registry."""
    return tuple(
        dict.fromkeys(
            field.field_code
            for field in registry.form_fields
            if field.form_code == form_code and field.role is FieldRole.INDICATOR
        )
    )


def _form_rows(conn: psycopg.Connection, figures: tuple[str, ...], submissions: list[int]) -> str:
    return (
        sql.SQL(_FORM_ROWS)
        .format(figures=_columns(_FIGURE, figures), sums=_columns(_SUMS, figures), submissions=submissions)
        .as_string(conn)
        .strip()
    )


def _columns(template: LiteralString, figures: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL(template).format(
            code=sql.Literal(one), name=sql.Identifier(one),
            sum=sql.Identifier(f"{one}__sum"), total=sql.Identifier(f"{one}__total"),
        )
        for one in figures
    )  # fmt: skip
