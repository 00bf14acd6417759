"""The other end of a reading process: ``python -m kpi_reporting.readers.child FD``."""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from multiprocessing.connection import Connection

from kpi_reporting.findings import Finding
from kpi_reporting.readers.limits import Limits
from kpi_reporting.readers.reading import Reading, Submission, for_store, read_submission
from kpi_reporting.readers.refusal import crashed
from kpi_reporting.registry import Registry


def serve(ours: Connection) -> None:
    """Read what is sent until nothing more comes; memory beyond the limit fails, and no core is left behind."""
    registry: Registry
    limits: Limits
    registry, limits = ours.recv()
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ours.send("ready")
    while True:
        try:
            submission, data = ours.recv()
        except EOFError:
            return
        ours.send(_answer(registry, limits, submission, data))


def _answer(registry: Registry, limits: Limits, submission: Submission, data: bytes) -> Reading | Finding:
    """Return the reading as the warehouse keeps it: the rows as JSON, not the cells they were made from."""
    try:
        return replace(for_store(read_submission(registry, submission, data, limits)), sheet=None)
    except MemoryError:
        return crashed()


if __name__ == "__main__":
    with Connection(int(sys.argv[1])) as connection:
        serve(connection)
