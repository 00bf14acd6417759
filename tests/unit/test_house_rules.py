"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
FOLDERS = ("benchmarks", "dags", "sandbox", "src")
FILES = sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py"))
MODELS = PROJECT / "dbt_project/models"
KEPT = re.compile("materialized='(incremental|view)'|incremental_strategy")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 45


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_there_are_files_to_look_at() -> None:
    assert {path.relative_to(PROJECT).parts[0] for path in FILES} == set(FOLDERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_files_and_functions_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) < MAX_FILE_LINES
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(path)}
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION_LINES} == {}


def test_no_dag_file_is_mistaken_for_a_dbt_plugin() -> None:
    """Dbt imports every module named ``dbt_*`` it finds on the path."""
    assert list((PROJECT / "dags").rglob("dbt_*.py")) == []


def kept_models() -> dict[str, list[dict[str, object]]]:
    """Arguments of the tests of each model that holds more than a night brings."""
    found = {}
    for properties in sorted(MODELS.glob("*/*.yml")):
        query = properties.with_suffix(".sql")
        if query.exists() and KEPT.search(query.read_text("utf-8") + properties.read_text("utf-8")):
            (model,) = yaml.safe_load(properties.read_text("utf-8"))["models"]
            tests = [one["unique_combination"]["arguments"] for one in model.get("data_tests", ())]
            found[model["name"]] = tests
    return found


def test_no_test_of_a_model_reads_what_earlier_nights_left() -> None:
    """A night costs what changed, its tests too."""
    kept = kept_models()
    assert len(kept) > 30
    assert [
        name for name, tests in kept.items() for one in tests if not {"only_new", "touched"} & one.keys()
    ] == []
