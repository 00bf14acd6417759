"""What is kept of a check: which rules ran, and a finding for every row that breaks one."""

from __future__ import annotations

import json
from collections.abc import Iterable

import psycopg

from kpi_reporting.catalogue import CataloguedRule, built_in
from kpi_reporting.checks.gx import RuleOutcome
from kpi_reporting.checks.labels import SHOWN
from kpi_reporting.findings import store_findings
from kpi_reporting.warehouse.known import known
from kpi_reporting.warehouse.nights import Night

SUITE_UNREADABLE = "rule.suite_unreadable"

# A rule that ran twice in one night (more submissions arrived) counts both; one that could not run before is replaced.
_RECORD_RUN = """
insert into quality.check_runs as run (night_id, suite, rule_id, status, rows_checked, rows_failed)
values (%s, %s, %s, %s, %s, %s)
on conflict (night_id, suite, rule_id) do update set
    status = case
        when run.status = 'failed' and excluded.status = 'passed' then 'failed' else excluded.status
    end,
    rows_checked = excluded.rows_checked + case when run.status = 'error' then 0 else run.rows_checked end,
    rows_failed = excluded.rows_failed + case when run.status = 'error' then 0 else run.rows_failed end
"""

# A sender whose filings are judged otherwise; the day that counts is the last one of the period.
OVERRIDES = """
left join registry.periods as p on p.calendar_code = s.calendar_code and p.period_code = s.period_code
left join registry.rule_overrides as o
    on
        o.rule_id = %(rule_id)s and o.unit_code = s.sender_code
        and p.last_day between o.valid_from and coalesce(o.valid_to, 'infinity')
"""

_FIGURES = """
staging.stg_figures as f
inner join staging.stg_rows as r
    on r.submission_id = f.submission_id and r.sheet_name = f.sheet_name and r.row_number = f.row_number
"""
_OF_ROW = """
f.row_number = coalesce(x.row_number, f.row_number) and r.unit_id is not distinct from x.unit_id
and r.breakdown_code is not distinct from x.breakdown_code
"""

_RULE_FINDINGS = f"""
insert into quality.findings (
    night_id, submission_id, layer, rule_id, severity, sender_code, form_code, period_code, file_name,
    sheet_name, cell, subject, found, message_vi, message_en, action_vi
)
select
    %(night_id)s, s.submission_id, %(layer)s, %(rule_id)s, coalesce(o.severity, %(severity)s), s.sender_code,
    s.form_code, s.period_code, s.file_name, coalesce(at.sheet_name, x.sheet_name), at.cell,
    concat_ws('/', x.unit_id, nullif(x.breakdown_code, 'total'), x.field),
    case when not %(sensitive)s then seen.found end,
    %(reason_vi)s, %(reason_en)s, %(action_vi)s
from jsonb_to_recordset(%(rows)s::jsonb) as x (
    submission_id bigint, sheet_name text, row_number integer, unit_id text, breakdown_code text, field text
)
{known("x")}
{OVERRIDES}
left join lateral (
    select f.sheet_name, f.cell from {_FIGURES}
    where
        f.submission_id = x.submission_id and f.field_code = x.field
        and {_OF_ROW}
    order by f.row_number limit 1
) as at on true
left join lateral (
    select string_agg(shown.label || ' = ' || coalesce(f.raw_text, '–'), '; ' order by n.place) as found
    from unnest(array_remove(array_prepend(x.field, %(fields)s::text[]), null)) with ordinality as n (field, place)
    inner join registry.form_fields as d
        on d.form_code = s.form_code and d.form_version = s.form_version and d.field_code = n.field
    {SHOWN}
    left join ({_FIGURES})
        on f.submission_id = x.submission_id and f.field_code = n.field and {_OF_ROW}
    where n.place = 1 or n.field <> x.field
) as seen on true
on conflict do nothing
"""

# A sender whose filings are judged otherwise has an error that no reason helps, or nothing to explain.
_TO_EXPLAIN = """
insert into quality.values_to_explain (finding_id, value_sha256)
select f.finding_id, encode(sha256(convert_to(coalesce(f.found, ''), 'UTF8')), 'hex')
from quality.findings as f
where f.night_id = %s and f.rule_id = %s and f.severity = 'warning' and f.submission_id is not null
on conflict do nothing
"""


def record_run(
    conn: psycopg.Connection, night: Night, suite: str, rule_id: str, status: str, checked: int, failed: int
) -> None:
    """Keep that a rule ran (``passed``, ``failed``) or could not (``error``), with its counts."""
    conn.execute(_RECORD_RUN, (night.night_id, suite, rule_id, status, checked, failed))


def record_outcomes(
    conn: psycopg.Connection, night: Night, suite: str, outcomes: Iterable[RuleOutcome], checked: int
) -> None:
    """Keep the run of every rule of a suite; ``checked`` is the number of rows that were looked at."""
    for outcome in outcomes:
        record_run(conn, night, suite, outcome.rule.id, outcome.status, checked, len(outcome.failed))


def record_rule_findings(conn: psycopg.Connection, night: Night, outcome: RuleOutcome) -> None:
    """Keep one finding per failing row of a form, with file, sheet and cell of the field at fault."""
    rows = [{**row.keys, "field": row.field} for row in outcome.failed]
    if rows:
        rule = outcome.rule
        told = {
            **sentences(rule),
            "fields": list(rule.fields),
            "sensitive": rule.sensitive,
            "rows": json.dumps(rows),
        }
        conn.execute(_RULE_FINDINGS.encode(), {"night_id": night.night_id, **told})
        if rule.needs_reason:
            conn.execute(_TO_EXPLAIN, (night.night_id, rule.id))


def record_could_not_run(
    conn: psycopg.Connection, night: Night, rule_id: str, error: str, form_code: str | None
) -> None:
    """Keep the fault of a rule that could not run, for the engineer who has to mend it."""
    what = (
        f"submissions of {form_code} stay read, not accepted"
        if form_code
        else "the changed figures stay unpublished"
    )
    finding = built_in("rule.could_not_run").finding(
        layer="row" if form_code else "exit",
        rule_id=rule_id,
        form_code=form_code,
        found=error,
        message_en=f"The rule could not run: {error}. Until it is mended, {what}.",
    )
    store_findings(conn, night, [finding])


def sentences(rule: CataloguedRule) -> dict[str, str]:
    """What a finding says of a rule."""
    return {
        "rule_id": rule.id, "layer": rule.layer, "severity": rule.severity,
        "reason_vi": rule.reason_vi, "reason_en": rule.reason_en, "action_vi": rule.action_vi,
    }  # fmt: skip
