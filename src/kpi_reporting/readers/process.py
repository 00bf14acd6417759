"""Reading in a process of its own: what crashes it, fills its memory or never ends costs that file alone."""

from __future__ import annotations

import logging
from dataclasses import replace

from kpi_reporting.child_process import ChildProcess
from kpi_reporting.findings import Finding
from kpi_reporting.readers.limits import Limits
from kpi_reporting.readers.reading import unread
from kpi_reporting.readers.refusal import crashed, too_slow
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry

_log = logging.getLogger(__name__)


class ReadingProcess(ChildProcess):
    """Reads submissions in another process, which starts with the first one."""

    module = "kpi_reporting.readers.child"

    def __init__(self, registry: Registry, limits: Limits) -> None:
        super().__init__((registry, limits), memory_bytes=limits.memory_bytes, seconds=limits.seconds)
        self._registry = registry

    def read(self, submission: Submission, data: bytes) -> Reading:
        """Read one submission; a process that does not answer in time, or dies, refuses it."""
        answer = self._answer(submission, data)
        if isinstance(answer, Finding):
            answer = replace(unread(self._registry, submission), findings=[answer])
        return replace(answer, submission=submission)

    def _answer(self, submission: Submission, data: bytes) -> Reading | Finding:
        try:
            answer: Reading | Finding = self.ask((submission, data))
        except TimeoutError:
            _log.error("submission %s was not read in time", submission.submission_id)
            return too_slow(self.seconds)
        except (EOFError, OSError) as error:
            _log.error("the reading process died over submission %s (%s)", submission.submission_id, error)
            return crashed()
        return answer
