"""The catalogue forgets no rule the code can emit, makes up none, and speaks both languages."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_reporting.catalogue import built_in, built_in_rules
from kpi_reporting.checks.builtin import CHECKS

SOURCES = Path(__file__).parents[3] / "src/kpi_reporting"
VIETNAMESE_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323đ")
IN_SQL = re.compile(r"'((?:structure|exit|rule)\.[a-z_]+)'")
TOLD_BY = {"Finding": (1, "rule_id"), "unreadable": (0, "rule_id"), "not_identified": (0, "rule_id"),
           "_missing": (0, "rule_id"), "built_in": (0, "rule_id"), "BuiltInCheck": (0, "rule_id")}  # fmt: skip
# Where an id is handed on that came from one of the others, or from a suite.
HANDED_ON = {"rule_id", "check.rule_id", "self.id", "RULE_ID", "_HELD_RULE", "outcome.rule.id", "one.rule.id",
              "error.rule_id"}  # fmt: skip


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCES.rglob("*.py")):
        if path.parent.name != "catalogue":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def told_ids() -> Iterator[tuple[str, str]]:
    """Every id that a call of the code gives to a finding, or the words it is handed on by, with its place."""
    for path, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TOLD_BY:
                place, name = TOLD_BY[node.func.id]
                given = [keyword.value for keyword in node.keywords if keyword.arg == name]
                given += node.args[place : place + 1]
                assert given, f"{path}:{node.lineno}: no rule id can be made out"
                yield f"{path.name}:{node.lineno}", ast.unparse(given[0])


def literals() -> set[str]:
    ids = {ast.literal_eval(told) for _, told in told_ids() if told[0] in "'\""}
    for path, module in modules():
        ids |= set(IN_SQL.findall(path.read_text(encoding="utf-8")))
        for node in ast.walk(module):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                names = {target.id for target in node.targets if isinstance(target, ast.Name)}
                ids |= (
                    {str(node.value.value)}
                    if names & {"RULE_ID", "_HELD_RULE", "SUITE_UNREADABLE", "rule_id"}
                    else set()
                )
    return ids


def is_vietnamese(sentence: str) -> bool:
    return any(mark in VIETNAMESE_MARKS for mark in unicodedata.normalize("NFD", sentence))


def test_every_id_can_be_made_out() -> None:
    unclear = [(place, told) for place, told in told_ids() if told[0] not in "'\"" and told not in HANDED_ON]
    assert unclear == []


def test_the_catalogue_forgets_none_of_the_codes_rules() -> None:
    assert literals() - built_in_rules().keys() == set()
    assert "unknown_form" in literals()


def test_the_catalogue_makes_up_no_rule() -> None:
    """Rules of cells are chosen by the kind of text that stands there; their examples show that the code has them."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py") if path.parent.name != "catalogue"
    )
    assert [rule_id for rule_id in built_in_rules() if rule_id not in text] == []


def test_every_check_of_the_door_is_catalogued() -> None:
    assert [check.rule_id for check in CHECKS if built_in(check.rule_id).id != check.rule_id] == []


@pytest.mark.parametrize("rule_id", built_in_rules())
def test_a_rule_speaks_both_languages_and_has_an_owner(rule_id: str) -> None:
    rule = built_in(rule_id)
    assert is_vietnamese(rule.reason_vi)
    assert is_vietnamese(rule.action_vi)
    assert not is_vietnamese(rule.reason_en)
    assert rule.owner
    assert rule.fails != rule.passes


def test_a_finding_takes_its_words_from_the_catalogue_and_its_place_from_the_code() -> None:
    finding = built_in("error_cell").finding(cell="D8", found="#REF!")
    assert (finding.rule_id, finding.severity, finding.cell) == ("error_cell", "warning", "D8")
    assert finding.action_vi == built_in("error_cell").action_vi
