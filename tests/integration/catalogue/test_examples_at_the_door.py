"""Every check that needs no suite, run at the real door on its two examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
import pytest

from kpi_reporting.catalogue import BuiltInRule, built_in_rules
from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import GOOD, IN_TIME, SUITES, findings
from tests.integration.staged import PERIOD_BEFORE, TableRow, fill_list, fill_table, lay_out, submit

RULES = [rule for rule in built_in_rules().values() if isinstance(rule.fails, dict)]
OF_THE_ROW = ("unit", "kind", "note", "problem", "breakdown")


def filed(
    conn: psycopg.Connection, night: Night, registry: Registry, sender: str, example: Mapping[str, Any]
) -> int:
    """File what an example says: a good list with some figures replaced or repeated, or rows of a table."""
    form = example["form"]
    submission = submit(conn, night.night_id, form, sender, IN_TIME, is_nil=example.get("is_nil", False))
    if "rows" in example:
        fill_table(conn, submission, [table_row(row) for row in example["rows"]])
        return submission
    fill_list(conn, submission, registry, form, {**GOOD, **example.get("figures", {})})
    if "before" in example or "columns_before" in example:
        before = submit(conn, night.night_id, form, sender, IN_TIME, period=PERIOD_BEFORE)
        fill_list(conn, before, registry, form, {**GOOD, **example.get("before", {})})
        lay_out(conn, before, example.get("columns_before", {}), example.get("measure_before"))
        accept(conn, night, before)
    lay_out(conn, submission, example.get("columns", {}), example.get("measure"))
    for place, field in enumerate(example.get("repeated", [])):
        fill_list(conn, submission, registry, form, {field: GOOD[field]}, first_row=100 + place)
    return submission


def accept(conn: psycopg.Connection, night: Night, submission: int) -> None:
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) values (%s, %s, 'accepted')",
        (submission, night.night_id),
    )
    conn.execute(
        "update staging.stg_submissions set state = 'accepted' where submission_id = %s", (submission,)
    )


def table_row(row: Mapping[str, Any]) -> TableRow:
    figures = {name: value for name, value in row.items() if name not in OF_THE_ROW}
    kind, breakdown = row.get("kind", "data"), row.get("breakdown", "total")
    return TableRow(row.get("unit"), figures, kind, row.get("note"), row.get("problem"), breakdown=breakdown)


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_the_failing_example_breaks_the_check_and_the_passing_one_does_not(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, rule: BuiltInRule
) -> None:
    assert isinstance(rule.fails, dict)
    assert isinstance(rule.passes, dict)
    failing = filed(conn, night, registry, f"fails {rule.id}", rule.fails)
    passing = filed(conn, night, registry, f"passes {rule.id}", rule.passes)
    conn.commit()

    check_door(conn, staged, registry, night, SUITES)

    assert rule.id in findings(conn, failing)
    assert findings(conn, failing)[rule.id]["severity"] == rule.severity
    assert rule.id not in findings(conn, passing)
