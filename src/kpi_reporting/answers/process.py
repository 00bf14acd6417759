"""Marking in a process of its own: a workbook that cannot be marked costs its sender the workbook, not the page."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

from kpi_reporting.answers.facts import Answer
from kpi_reporting.child_process import ChildProcess
from kpi_reporting.readers.limits import limits_of

_log = logging.getLogger(__name__)


class MarkingProcess:
    """Marks workbooks in another process, which starts with the first one."""

    module = "kpi_reporting.answers.child"

    def __init__(self) -> None:
        limits = limits_of()
        self._child = ChildProcess(
            self.module, None, memory_bytes=limits.memory_bytes, seconds=limits.seconds
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.__exit__(kind, error, trace)

    def marked(self, answer: Answer, data: bytes) -> bytes | None:
        """Return the workbook with its faulty cells marked; None when there is none to mark, or it cannot be marked."""
        try:
            book: bytes | None = self._child.ask((answer, data))
        except (EOFError, OSError) as error:
            _log.error("%s cannot be marked; its page is written alone (%s)", answer.filed.file_name, error)
            return None
        return book
