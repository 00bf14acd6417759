"""Suites: every shipped file is sound, and a faulty one is refused with a sentence that helps."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from kpi_reporting.checks.builtin import CHECKS
from kpi_reporting.checks.suites import Rule, SuiteError, load_suite
from kpi_reporting.registry import load_registry
from kpi_reporting.registry.models import FieldRole
from tests.unit.checks.good_suite import GOOD

PROJECT = Path(__file__).parents[3]
SUITES = sorted((PROJECT / "expectations").glob("*.yml"))
REGISTRY = load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")
VIETNAMESE_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323đ")


def all_rules() -> list[Rule]:
    return [rule for path in SUITES for rule in load_suite(path).rules]


def is_vietnamese(sentence: str) -> bool:
    return any(mark in VIETNAMESE_MARKS for mark in unicodedata.normalize("NFD", sentence))


def test_every_form_and_the_exit_have_a_suite() -> None:
    assert {path.stem for path in SUITES} == {*(form.form_code for form in REGISTRY.forms), "exit"}


@pytest.mark.parametrize("path", [path for path in SUITES if path.stem != "exit"], ids=lambda path: path.stem)
def test_rules_point_at_figures_of_their_form(path: Path) -> None:
    figures = {
        field.field_code
        for field in REGISTRY.form_fields
        if field.form_code == path.stem and field.role is FieldRole.INDICATOR
    }
    suite = load_suite(path, frozenset(figures))
    assert all(rule.fields or rule.for_each for rule in suite.rules)


def test_rule_ids_are_unique_over_all_suites_and_built_in_checks() -> None:
    ids = [rule.id for rule in all_rules()] + [check.rule_id for check in CHECKS]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_reasons_are_in_both_languages(rule: Rule) -> None:
    assert is_vietnamese(rule.reason_vi)
    assert is_vietnamese(rule.action_vi)
    assert not is_vietnamese(rule.reason_en)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_has_an_example_that_breaks_it_and_one_that_does_not(rule: Rule) -> None:
    assert rule.fails
    assert rule.passes
    assert rule.fails != rule.passes


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_somebody_answers_for_every_suite(path: Path) -> None:
    assert load_suite(path).owner


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (("severity: error", "severity: fatal"), "XX-01.yml, rule XX-01.not_negative, severity"),
        (
            ("layer: row", "layer: row\n    colour: red"),
            "rule XX-01.not_negative, colour: Extra inputs are not permitted",
        ),
        (("id: XX-01.not", "id: YY-01.not"), "rule ids must start with 'XX-01.'"),
        (("suite: XX-01", "suite: XX-01\ncolour: red"), "XX-01.yml, colour: Extra inputs"),
        (("suite: XX-01", "suite: XX-02"), "rule ids must start with"),
        (("[value]", "[valu]"), "no such field: valu. Known: value"),
        (("expect_column_values_to_be_between", "unexpected_rows"), "exactly one key in kwargs: condition"),
        (("    layer: row\n", ""), "rule XX-01.not_negative, layer: Field required"),
        (
            ("layer: row", "layer: row\n    needs_reason: true\n    sensitive: true"),
            "a sensitive rule does not tell",
        ),
        (
            ("layer: row", "layer: row\n    needs_reason: true"),
            "needs_reason is for warnings about figures in fields",
        ),
        (("layer: row", "layer: row\n    missing: skip_none"), "rule XX-01.not_negative, missing"),
        (("layer: row", "layer: row\n    missing: treat_as_zero"), "skips missing figures"),
        (("suite: XX-01", "suite: [XX-01"), "XX-01.yml"),
    ],
)
def test_a_faulty_suite_names_file_rule_and_fault(
    tmp_path: Path, fault: tuple[str, str], sentence: str
) -> None:
    path = tmp_path / "XX-01.yml"
    path.write_text(GOOD)
    assert load_suite(path, frozenset({"value"})).rules[0].id == "XX-01.not_negative"

    assert fault[0] in GOOD
    path.write_text(GOOD.replace(*fault))
    with pytest.raises(SuiteError) as caught:
        load_suite(path, frozenset({"value"}))
    assert sentence in str(caught.value)
    assert "XX-01.yml" in str(caught.value)


def test_a_rule_id_used_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "XX-01.yml"
    path.write_text(GOOD + GOOD.split("rules:\n")[1])
    with pytest.raises(SuiteError, match=r"used twice: XX-01\.not_negative"):
        load_suite(path)


def test_a_percent_sign_in_a_condition_is_refused(tmp_path: Path) -> None:
    """The SQL layer below Great Expectations doubles it, and the condition would mean something else."""
    path = tmp_path / "XX-01.yml"
    path.write_text(
        GOOD.replace("expect_column_values_to_be_between", "unexpected_rows").replace(
            "{column: value, min_value: 0}", "{condition: value % 2 = 1}"
        )
    )
    with pytest.raises(SuiteError, match="percent sign"):
        load_suite(path)
