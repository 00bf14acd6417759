from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from kpi_reporting.collect import plan_batches
from kpi_reporting.registry import Registry, load_registry
from tests.workbooks import THANH_HOA

AS_OF = datetime.fromisoformat("2025-07-17T01:00:00+07:00")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(THANH_HOA)


def test_folders_and_systems_are_two_batches_with_every_source_once(registry: Registry) -> None:
    batches = plan_batches(registry, AS_OF)
    kinds = {source.source_code: source.kind for source in registry.sources}
    assert [{kinds[code] for code in batch} for batch in batches] == [{"drop_folder"}, {"http_api", "sftp"}]
    assert sorted(code for batch in batches for code in batch) == sorted(kinds)


def test_a_batch_has_its_limit(registry: Registry) -> None:
    assert max(len(batch) for batch in plan_batches(registry, AS_OF, size=2)) == 2


@pytest.mark.parametrize(
    ("as_of", "is_asked"),
    [("2025-12-31T17:30:00+00:00", False), ("2025-12-31T16:30:00+00:00", True)],
)
def test_a_source_ends_with_its_last_day_in_vietnam(registry: Registry, as_of: str, is_asked: bool) -> None:
    batches = plan_batches(registry, datetime.fromisoformat(as_of))
    assert any("districts" in batch for batch in batches) is is_asked


def test_no_source_no_batch(registry: Registry) -> None:
    assert plan_batches(replace(registry, sources=()), AS_OF) == []
