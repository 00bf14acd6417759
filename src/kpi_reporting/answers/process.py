"""Marking in a process of its own: a workbook that cannot be marked costs its sender the workbook, not the page."""

from __future__ import annotations

import logging

from kpi_reporting.answers.facts import Answer
from kpi_reporting.child_process import ChildProcess
from kpi_reporting.readers.limits import limits_of

_log = logging.getLogger(__name__)


class MarkingProcess(ChildProcess):
    """Marks workbooks in another process, which starts with the first one."""

    module = "kpi_reporting.answers.child"

    def __init__(self) -> None:
        limits = limits_of()
        super().__init__(None, memory_bytes=limits.memory_bytes, seconds=limits.seconds)

    def marked(self, answer: Answer, data: bytes) -> bytes | None:
        """Return the workbook with its faulty cells marked; None when there is none to mark, or it cannot be marked."""
        try:
            book: bytes | None = self.ask((answer, data))
        except (EOFError, OSError) as error:
            _log.error("%s cannot be marked; its page is written alone (%s)", answer.filed.file_name, error)
            return None
        return book
