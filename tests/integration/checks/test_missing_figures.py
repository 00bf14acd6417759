"""What a rule makes of figures that are not there, as it declares."""

from __future__ import annotations

import psycopg
import pytest

from kpi_reporting.checks.gx import Asset, run_rules
from kpi_reporting.checks.suites import Rule

ROWS = """
create table staging.rows_with_gaps as
select * from (
    values
        ('all there, wrong', 5, 2, 2, 'data', date '2025-07-14'),
        ('all there, right', 4, 2, 2, 'data', date '2025-07-14'),
        ('a part missing, wrong', 5, 2, null, 'data', date '2025-07-14'),
        ('a part missing, right', 2, 2, null, 'data', date '2025-07-14'),
        ('the total missing', null, 2, null, 'data', date '2025-07-14'),
        ('nothing there', null::integer, null::integer, null::integer, 'data', date '2025-07-14'),
        ('a total row', 9, 2, 2, 'grand_total', date '2025-07-14')
) as made (example, total, one, other, row_kind, period_last_day)
"""
WRONG_WITH_ZEROS = {"all there, wrong", "a part missing, wrong", "the total missing"}


def rule(missing: str, condition: str = "total <> one + other") -> Rule:
    return Rule.model_validate(
        {
            "id": "X.adds_up", "layer": "row", "severity": "error", "expectation": "unexpected_rows",
            "kwargs": {"condition": condition}, "fields": ["total", "one", "other"], "missing": missing,
            "reason_vi": "Tổng không bằng các phần.", "reason_en": "It does not add up.", "action_vi": "Sửa rồi gửi lại.",
        }
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def rows(staged: str) -> None:
    with psycopg.connect(staged) as conn:
        conn.execute(ROWS)


def broken(dsn: str, one: Rule) -> set[str]:
    asset = Asset("gaps", "select * from staging.rows_with_gaps", ("example",), ("total", "one", "other"))
    (outcome,) = run_rules(dsn, asset, [one])
    assert outcome.error is None
    return {row.keys["example"] for row in outcome.failed}


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        ("skip_any", {"all there, wrong"}),
        ("skip_all", WRONG_WITH_ZEROS),
        ("treat_as_zero", WRONG_WITH_ZEROS),
        ("as_written", {"all there, wrong"}),
    ],
)
def test_parts_that_do_not_add_up(staged: str, missing: str, found: set[str]) -> None:
    assert broken(staged, rule(missing)) == found


@pytest.mark.parametrize(("missing", "is_found"), [("skip_all", False), ("treat_as_zero", True)])
def test_a_row_without_any_figure_is_skipped_or_zero(staged: str, missing: str, is_found: bool) -> None:
    assert ("nothing there" in broken(staged, rule(missing, "total = 0"))) == is_found


def test_a_pair_of_which_both_or_none_must_be_there_is_written_as_sql(staged: str) -> None:
    both_or_none = rule("as_written", "(total is null) <> (other is null)")
    assert broken(staged, both_or_none) == {"a part missing, wrong", "a part missing, right"}
