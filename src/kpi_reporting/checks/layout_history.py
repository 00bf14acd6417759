"""Telling senders how the tables of their new filings stand against those in force before (see ``layouts``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from kpi_reporting.checks.layouts import RULES, Column, Layout, Pair, layout_findings
from kpi_reporting.checks.record import record_run
from kpi_reporting.findings import store_findings
from kpi_reporting.warehouse.earlier import EARLIER, periods_back
from kpi_reporting.warehouse.known import JUDGED
from kpi_reporting.warehouse.nights import Night

_SUITE = "structure"
_COLUMNS = """
(
    select jsonb_agg(jsonb_build_array(l.column_number, l.field_code, l.header) order by l.column_number)
    from raw.layout_columns as l
    where l.submission_id = {submission} and l.header is not null
)
"""
# A part of a report has the columns it needs. Of what a program sent there are no headers.
_PAIRS = f"""
with {JUDGED},

whole as materialized (select s.* from judged as s where not s.is_partial),

periods_back as materialized ({periods_back("whole")}),

earlier as materialized ({EARLIER})

select
    s.submission_id, s.sender_code, s.form_code, s.period_code, s.file_name, s.form_version, now.measure,
    now.sheet_name, now.header_row, columns.of_now, columns.of_before,
    e.period_code as before_period, e.form_version as before_version, b.file_name as before_file,
    was.measure as before_measure,
    (
        select coalesce(jsonb_object_agg(o.rule_id, o.severity), '{{}}')
        from registry.rule_overrides as o
        inner join registry.periods as p on p.calendar_code = s.calendar_code and p.period_code = s.period_code
        where
            o.rule_id = any(%(rules)s) and o.unit_code = s.sender_code
            and p.last_day between o.valid_from and coalesce(o.valid_to, 'infinity')
    ) as severities
from earlier as e
inner join judged as s on s.submission_id = e.submission_id
inner join raw.readings as now on now.submission_id = s.submission_id
inner join raw.readings as was on was.submission_id = e.earlier_id
inner join raw.submissions as b on b.submission_id = e.earlier_id
cross join lateral (
    select
        {_COLUMNS.format(submission="s.submission_id")} as of_now,
        {_COLUMNS.format(submission="e.earlier_id")} as of_before
) as columns
where columns.of_now is not null and columns.of_before is not null
order by s.submission_id
"""


def tell_other_layouts(conn: psycopg.Connection, night: Night, submissions: Sequence[int]) -> None:
    """Keep a finding for everything in which the tables of these submissions stand otherwise than before."""
    asked = {"submissions": list(submissions), "rules": list(RULES)}
    with conn.cursor(row_factory=dict_row) as cursor:
        pairs = [_pair(row) for row in cursor.execute(_PAIRS.encode(), asked)]
    findings = [finding for pair in pairs for finding in layout_findings(pair)]
    store_findings(conn, night, findings)
    counts = Counter(finding.rule_id for finding in findings)
    for rule_id in RULES:
        status = "failed" if counts[rule_id] else "passed"
        record_run(conn, night, _SUITE, rule_id, status, len(submissions), counts[rule_id])


def _pair(row: dict[str, Any]) -> Pair:
    now = Layout(
        row["period_code"], row["file_name"], row["form_version"], _columns(row["of_now"]), row["measure"],
        row["sheet_name"], row["header_row"],
    )  # fmt: skip
    before = Layout(
        row["before_period"], row["before_file"], row["before_version"], _columns(row["of_before"]),
        row["before_measure"],
    )  # fmt: skip
    return Pair(row["submission_id"], row["sender_code"], row["form_code"], now, before, row["severities"])


def _columns(kept: Sequence[Sequence[Any]]) -> list[Column]:
    return [Column(number, field_code, header) for number, field_code, header in kept]
