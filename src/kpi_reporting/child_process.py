"""Work that a sender's file may break, in a process of its own: what crashes it, fills its memory or never ends.

A pool of the standard library would be given up as a whole when one of its processes dies, and would be forked with the
warehouse's connection in hand. This process is started anew, does one thing after another, and is replaced.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Any, Self

_SECONDS_TO_START = 60


class ChildProcess:
    """Answers requests in another process, which starts with the first one: ``python -m MODULE FD``.

    Attributes:
        module: what is run there; it calls `serve`.
        seconds: what one answer may take.
    """

    module: str

    def __init__(self, told: Any, *, memory_bytes: int, seconds: int) -> None:
        self.seconds = seconds
        self._told, self._memory_bytes = told, memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def ask(self, request: Any) -> Any:
        """Return the answer to one request; after an error the next request begins with a new process.

        Raises:
            TimeoutError: it did not come in time.
            EOFError, OSError: the process died over it.
        """
        try:
            return self._ask(request)
        except (EOFError, OSError):
            self._stop()
            raise

    def _ask(self, request: Any) -> Any:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        ours = self._ours or self._start()
        ours.send(request)
        if not ours.poll(self.seconds):
            raise TimeoutError(f"no answer within {self.seconds} s")
        return ours.recv()

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._ours = ours
        ours.send((self._told, self._memory_bytes))
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


def serve(answer: Callable[[Any, Any], Any]) -> None:
    """Be the other end: answer what is sent, given what was told first, until nothing more comes.

    Memory beyond the limit fails, and no core is left behind.
    """
    with Connection(int(sys.argv[1])) as ours:
        told, memory_bytes = ours.recv()
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        ours.send("ready")
        with suppress(EOFError):
            while True:
                ours.send(answer(told, ours.recv()))
