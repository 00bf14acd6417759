"""Checks every form gets without a suite: they follow from the registry alone.

Each check is one SELECT over all submissions under judgement; it yields submission, sheet, cell, subject,
what was found, and a detail for either language. What it says stands in the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from kpi_reporting.catalogue import built_in
from kpi_reporting.checks.built_in_queries import (
    BELOW_TOTAL,
    BREAKDOWN_OMITTED,
    FIGURE_MISSING,
    FIGURE_MISSING_IN_TABLE,
    FIGURE_UNREADABLE,
    ITEM_TWICE,
    NIL_WITH_FIGURES,
    NO_DATA_ROWS,
    NO_FIGURES,
    ROW_NOTE,
    TOTAL_FIGURE_UNREADABLE,
    TOTAL_MISMATCH,
    UNIT_TWICE,
    UNIT_UNKNOWN,
)
from kpi_reporting.checks.history_queries import SAME_FIGURES
from kpi_reporting.checks.record import OVERRIDES, record_run, sentences
from kpi_reporting.warehouse.known import JUDGED
from kpi_reporting.warehouse.nights import Night

SUITE = "structure"


@dataclass(frozen=True)
class BuiltInCheck:
    """A registry-driven check: the rule of the catalogue, and the SELECT that finds what breaks it."""

    rule_id: str
    query: str


CHECKS: tuple[BuiltInCheck, ...] = (
    BuiltInCheck("structure.figure_unreadable", FIGURE_UNREADABLE),
    BuiltInCheck("structure.total_unreadable", TOTAL_FIGURE_UNREADABLE),
    BuiltInCheck("structure.figure_missing", FIGURE_MISSING),
    BuiltInCheck("structure.cell_empty", FIGURE_MISSING_IN_TABLE),
    BuiltInCheck("structure.no_data_rows", NO_DATA_ROWS),
    BuiltInCheck("structure.no_figures", NO_FIGURES),
    BuiltInCheck("structure.nil_with_figures", NIL_WITH_FIGURES),
    BuiltInCheck("structure.unit_unknown", UNIT_UNKNOWN),
    BuiltInCheck("structure.below_total", BELOW_TOTAL),
    BuiltInCheck("structure.breakdown_omitted", BREAKDOWN_OMITTED),
    BuiltInCheck("structure.unit_twice", UNIT_TWICE),
    BuiltInCheck("structure.item_twice", ITEM_TWICE),
    BuiltInCheck("structure.other_period", ROW_NOTE.format(meaning="other_period")),
    BuiltInCheck("structure.no_data", ROW_NOTE.format(meaning="no_data")),
    BuiltInCheck("structure.total_mismatch", TOTAL_MISMATCH),
    BuiltInCheck("history.same_figures", SAME_FIGURES),
)

_INSERT = f"""
with {JUDGED}

insert into quality.findings (
    night_id, submission_id, layer, rule_id, severity, sender_code, form_code, period_code, file_name,
    sheet_name, cell, subject, found, message_vi, message_en, action_vi
)
select
    %(night_id)s, s.submission_id, %(layer)s, %(rule_id)s, coalesce(o.severity, %(severity)s), s.sender_code,
    s.form_code, s.period_code, s.file_name, at.sheet_name, at.cell, coalesce(at.subject, ''), at.found,
    concat_ws(' ', %(reason_vi)s::text, at.detail_vi), concat_ws(' ', %(reason_en)s::text, at.detail_en),
    %(action_vi)s
from ({{query}}) as at
inner join judged as s on s.submission_id = at.submission_id
{OVERRIDES}
on conflict do nothing
"""


def run_built_in(conn: psycopg.Connection, night: Night, submissions: Sequence[int]) -> None:
    """Keep a finding for everything the registry-driven checks see in these submissions."""
    for check in CHECKS:
        rule = built_in(check.rule_id)
        found = conn.execute(
            _INSERT.replace("{query}", check.query).encode(),
            {"night_id": night.night_id, "submissions": list(submissions), **sentences(rule)},
        ).rowcount
        record_run(
            conn, night, SUITE, check.rule_id, "failed" if found else "passed", len(submissions), found
        )
