"""A process of its own that reads submissions: what crashes it, fills its memory or never ends costs that file alone.

A pool of the standard library would be given up as a whole when one of its processes dies, and would be forked with the
warehouse's connection in hand. This process is started anew, reads one submission after another, and is replaced.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Self

from kpi_reporting.findings import Finding
from kpi_reporting.readers.limits import Limits
from kpi_reporting.readers.reading import Reading, Submission, unread
from kpi_reporting.readers.refusal import crashed, too_slow
from kpi_reporting.registry import Registry

_log = logging.getLogger(__name__)
_SECONDS_TO_START = 60


class ReadingProcess:
    """Reads submissions in another process, which starts with the first one."""

    command = (sys.executable, "-m", "kpi_reporting.readers.child")

    def __init__(self, registry: Registry, limits: Limits) -> None:
        self._registry, self._limits = registry, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, submission: Submission, data: bytes) -> Reading:
        """Read one submission; a process that does not answer in time, or dies, refuses it."""
        try:
            answer = self._ask(submission, data)
        except (EOFError, OSError) as error:
            _log.error("the reading process died over submission %s (%s)", submission.submission_id, error)
            answer = self._refused(submission, crashed())
        if isinstance(answer, Finding):
            answer = self._refused(submission, answer)
        return replace(answer, submission=submission)

    def _ask(self, submission: Submission, data: bytes) -> Reading | Finding:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        ours = self._ours or self._start()
        ours.send((submission, data))
        if not ours.poll(self._limits.seconds):
            _log.error("submission %s was not read in time", submission.submission_id)
            self._stop()
            return too_slow(self._limits.seconds)
        answer: Reading | Finding = ours.recv()
        return answer

    def _refused(self, submission: Submission, finding: Finding) -> Reading:
        self._stop()
        return replace(unread(self._registry, submission), findings=[finding])

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [*self.command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._ours = ours
        ours.send((self._registry, self._limits))
        if not ours.poll(_SECONDS_TO_START) or ours.recv() != "ready":
            raise OSError("it did not start")
        return ours

    def _stop(self) -> None:
        if self._ours is not None:
            self._ours.close()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
        self._process = self._ours = None
