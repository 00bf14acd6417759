"""The registry that benchmarks measure with follows the rules of a registry, whatever columns files have by now."""

from __future__ import annotations

from pathlib import Path

from benchmarks.history import DISTRICTS, Size, write_registry
from kpi_reporting.registry import load_registry

TEMPLATE = Path(__file__).parents[2] / "golden/registry"


def test_a_registry_of_any_size_is_valid(tmp_path: Path) -> None:
    write_registry(tmp_path, TEMPLATE, Size(units=7, months=2, indicators=10))
    registry = load_registry(tmp_path)
    assert len(registry.units) == 1 + DISTRICTS + 7
