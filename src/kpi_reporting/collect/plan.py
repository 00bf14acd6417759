"""Which sources a night collects from, and in how many tasks."""

from __future__ import annotations

from datetime import datetime

from kpi_reporting.periods import day_of
from kpi_reporting.registry import Registry


def plan_batches(registry: Registry, as_of: datetime, size: int = 500) -> list[list[str]]:
    """Return the codes of the sources that hold on the night's day, in few batches.

    Folders and senders' systems are kept apart: folders cost computing, systems cost waiting, and neither should
    wait for the other. One task per source would cost a second each, so ``size`` is the most a batch holds.
    """
    day = day_of(as_of)
    valid = [source for source in registry.sources if source.holds_on(day)]
    waited_for = (
        [source.source_code for source in valid if (source.kind != "drop_folder") == waits]
        for waits in (0, 1)
    )
    return [codes[start : start + size] for codes in waited_for for start in range(0, len(codes), size)]
