"""Severities that the registry changes for one sender: the rule they name must be one that can speak."""

from __future__ import annotations

from pathlib import Path

from kpi_reporting.catalogue import built_in_rules
from kpi_reporting.checks.suites import SuiteError, load_suite
from kpi_reporting.errors import RegistryError
from kpi_reporting.registry import Registry
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import RuleOverride
from kpi_reporting.registry.places import problem_at

RULE = "override"
_NO_RULE = "no rule is called so; `kpi-reporting rules` prints all. Mend the id, or take the row out"


def refuse_unknown_rules(registry: Registry, expectations_dir: Path) -> None:
    """Compare the rules that ``rule_overrides.csv`` names with the suites and the built-in catalogue.

    A suite that cannot be read is not this file's fault: its form waits, and its overrides with it.

    Raises:
        RegistryError: a row names a rule that neither a suite nor the door has; it would change nothing, unnoticed.
    """
    unknown = _unknown({row.rule_id for row in registry.rule_overrides}, expectations_dir)
    if unknown:
        # Where a row stands is known only while its file is read.
        rows = Draft(registry.folder).rows(RuleOverride)
        problems = [
            problem_at(row, number, "rule_id", RULE, _NO_RULE)
            for number, row in rows
            if row.rule_id in unknown
        ]
        raise RegistryError(str(registry.folder), problems)


def _unknown(named: set[str], expectations_dir: Path) -> set[str]:
    unknown = named - built_in_rules().keys()
    for suite in {rule_id.partition(".")[0] for rule_id in unknown}:
        unknown -= _known(expectations_dir / f"{suite}.yml", unknown)
    return unknown


def _known(suite: Path, asked: set[str]) -> set[str]:
    if not suite.exists():
        return set()
    try:
        return {rule.id for rule in load_suite(suite).rules}
    except SuiteError:
        return {rule_id for rule_id in asked if rule_id.startswith(f"{suite.stem}.")}
