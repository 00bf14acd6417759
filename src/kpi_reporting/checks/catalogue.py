"""All rules that can speak about a registry's submissions and figures: those of the code, then those of the suites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kpi_reporting.catalogue import CataloguedRule, built_in_rules
from kpi_reporting.checks.suites import load_suite


def catalogue(expectations_dir: Path) -> dict[str, CataloguedRule]:
    """Return every rule by its id.

    Raises:
        SuiteError: a suite cannot be read.
    """
    return {rule.id: rule for rule in (*built_in_rules().values(), *_of_suites(expectations_dir))}


def _of_suites(expectations_dir: Path) -> Iterator[CataloguedRule]:
    for path in sorted(expectations_dir.glob("*.yml")):
        yield from load_suite(path).rules
