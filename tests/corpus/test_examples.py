"""Every rule of reading has a file that breaks it and one that does not, and both are read as they are told."""

from __future__ import annotations

import pytest

from kpi_reporting.catalogue import BuiltInRule, built_in_rules
from kpi_reporting.registry import Registry, load_registry
from tests.corpus.test_corpus import FILES, read
from tests.workbooks import THANH_HOA

BY_NAME = {case.name: case for case in FILES}
RULES = [rule for rule in built_in_rules().values() if str(rule.fails) in BY_NAME]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(THANH_HOA)


def found(registry: Registry, name: str) -> set[str]:
    return {finding.rule_id for finding in read(registry, BY_NAME[name]).findings}


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_the_failing_file_breaks_the_rule_and_the_passing_one_does_not(
    registry: Registry, rule: BuiltInRule
) -> None:
    assert rule.id in found(registry, str(rule.fails))
    assert rule.id not in found(registry, str(rule.passes))


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_finding_has_the_layer_and_the_gravity_of_the_catalogue(
    registry: Registry, rule: BuiltInRule
) -> None:
    (first, *_) = [one for one in read(registry, BY_NAME[str(rule.fails)]).findings if one.rule_id == rule.id]
    assert first.layer == rule.layer
    assert first.severity == rule.severity or BY_NAME[str(rule.fails)].state == "refused"


def test_every_rule_a_file_of_the_corpus_breaks_is_catalogued() -> None:
    named = {one.partition("@")[0] for case in FILES for one in case.found}
    assert named <= built_in_rules().keys()
