"""Every rule of every suite, run by the real Great Expectations on its two examples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql

from kpi_reporting.checks.door import form_figures
from kpi_reporting.checks.gx import Asset, RuleOutcome, run_rules
from kpi_reporting.checks.suites import Rule, Suite, load_suite
from kpi_reporting.registry import Registry
from tests.integration.checks.judged import PROJECT

SUITES = sorted((PROJECT / "expectations").glob("*.yml"))
CANDIDATES = PROJECT / "dbt_project/models/marts/mart_exit_candidates.yml"
ROW_KINDS = {"data": "data", "total": "grand_total", "rate": "rate", "all": "data"}
ANY_DAY = date(2025, 7, 14)


def columns_of(path: Path, registry: Registry) -> dict[str, str]:
    """What a suite's rows have: the figures of its form with their sums and totals, or a candidate's columns."""
    if path.stem == "exit":
        (model,) = yaml.safe_load(CANDIDATES.read_text())["models"]
        return {column["name"]: column["data_type"] for column in model["columns"]}
    figures = form_figures(registry, path.stem)
    named = [name + ending for name in figures for ending in ("", "__sum", "__total")]
    return {**dict.fromkeys(named, "numeric"), "period_last_day": "date", "row_kind": "text"}


def row(rule: Rule, example: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    day = rule.valid_from or rule.valid_to or ANY_DAY
    around = {"period_last_day": day, "last_day": day, "row_kind": ROW_KINDS[rule.rows]}
    return {**{name: value for name, value in around.items() if name in columns}, **example}


def keep(conn: psycopg.Connection, table: str, columns: Mapping[str, str], suite: Suite) -> None:
    described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    conn.execute(f'create table staging."{table}" (example text, {described})'.encode())
    for rule in suite.rules:
        for name in ("fails", "passes"):
            given = getattr(rule, name)
            values = {"example": f"{rule.id} {name}", **row(rule, given, columns)}
            exact = [Decimal(str(one)) if isinstance(one, float) else one for one in values.values()]
            conn.execute(
                sql.SQL("insert into {} ({}) values ({})").format(
                    sql.Identifier("staging", table),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join(sql.Placeholder() for _ in values),
                ),
                exact,
            )
    conn.commit()


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_the_failing_example_breaks_its_rule_and_the_passing_one_does_not(
    conn: psycopg.Connection, staged: str, registry: Registry, path: Path
) -> None:
    suite, columns, table = load_suite(path), columns_of(path, registry), f"examples_{path.stem}"
    keep(conn, table, columns, suite)
    figures = tuple(name for name, kind in columns.items() if kind == "numeric" and "__" not in name)
    asset = Asset(
        table, f'select * from staging."{table}"', ("example",), figures,
        "row_kind" if "row_kind" in columns else None,
        "period_last_day" if "period_last_day" in columns else "last_day",
    )  # fmt: skip

    told = {outcome.rule.id: verdict(outcome) for outcome in run_rules(staged, asset, suite.rules)}

    assert told == {rule.id: (True, False, None) for rule in suite.rules}


def verdict(outcome: RuleOutcome) -> tuple[bool, bool, str | None]:
    """Whether the failing example breaks the rule, whether the passing one does, and why it could not run."""
    broken = {row.keys["example"] for row in outcome.failed}
    return f"{outcome.rule.id} fails" in broken, f"{outcome.rule.id} passes" in broken, outcome.error
