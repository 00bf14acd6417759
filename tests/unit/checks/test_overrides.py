"""Severities for one sender: a row about a rule that nobody knows would change nothing, and nobody would notice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kpi_reporting.checks.overrides import RULE, refuse_unknown_rules
from kpi_reporting.errors import RegistryError
from kpi_reporting.registry import load_registry
from tests.unit.checks.good_suite import GOOD

TESTS = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A registry that overrides ``A-01.not_negative``, with the suite of that form beside it."""
    (tmp_path / "expectations").mkdir()
    (tmp_path / "expectations/A-01.yml").write_text(GOOD.replace("XX-01", "A-01"))
    return shutil.copytree(TESTS / "registry/small", tmp_path / "registry")


def refuse(folder: Path) -> None:
    refuse_unknown_rules(load_registry(folder), folder.parent / "expectations")


def override(folder: Path, rule_id: str) -> None:
    with (folder / "rule_overrides.csv").open("a") as file:
        file.write(f"\n{rule_id},200,warning,2025-03-01,,Đang sửa phần mềm,Công văn 3,false\n")


def test_rules_of_a_suite_and_of_the_door_are_known(folder: Path) -> None:
    override(folder, "structure.figure_missing")
    refuse(folder)


@pytest.mark.parametrize("unknown", ["A-01.not_negativ", "B-01.not_negative", "structure.figures_missing"])
def test_a_rule_that_nobody_has_is_named_with_its_row(folder: Path, unknown: str) -> None:
    override(folder, unknown)
    with pytest.raises(RegistryError) as caught:
        refuse(folder)
    [problem] = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("rule_overrides", 4, "rule_id")
    assert (problem.found, problem.rule) == (unknown, RULE)


def test_a_suite_that_cannot_be_read_is_no_fault_of_the_registry(folder: Path) -> None:
    (folder.parent / "expectations/A-01.yml").write_text("suite: [")
    refuse(folder)
