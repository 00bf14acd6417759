"""The other end of a reading process: ``python -m kpi_reporting.readers.child FD``."""

from __future__ import annotations

from dataclasses import replace

from kpi_reporting.child_process import serve
from kpi_reporting.findings import Finding
from kpi_reporting.readers.limits import Limits
from kpi_reporting.readers.reading import for_store, read_submission
from kpi_reporting.readers.refusal import crashed
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry


def answer(told: tuple[Registry, Limits], sent: tuple[Submission, bytes]) -> Reading | Finding:
    """Return the reading as the warehouse keeps it: the rows as JSON, not the cells they were made from."""
    (registry, limits), (submission, data) = told, sent
    try:
        return replace(for_store(read_submission(registry, submission, data, limits)), sheet=None)
    except MemoryError:
        return crashed()


if __name__ == "__main__":
    serve(answer)
