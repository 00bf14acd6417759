"""Which sources a night collects from, and in how many tasks."""

from __future__ import annotations

from datetime import datetime

from kpi_reporting.periods import day_of
from kpi_reporting.registry import Registry


def plan_batches(registry: Registry, as_of: datetime, size: int = 500) -> list[list[str]]:
    """Return the codes of the sources that hold on the night's day, in few batches.

    Folders and APIs are kept apart: folders cost computing, APIs cost waiting, and neither should wait for
    the other. One task per source would cost a second each, so ``size`` is the most a batch holds.
    """
    day = day_of(as_of)
    valid = [source for source in registry.sources if source.holds_on(day)]
    kinds = ("drop_folder", "http_api")
    by_kind = ([source.source_code for source in valid if source.kind == kind] for kind in kinds)
    return [codes[start : start + size] for codes in by_kind for start in range(0, len(codes), size)]
