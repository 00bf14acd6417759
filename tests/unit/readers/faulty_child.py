"""A reading process in which some files have the effects of a fault in a library."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from typing import Any

from kpi_reporting.child_process import serve
from kpi_reporting.readers import child

EFFECTS = {
    "segfault": lambda: ctypes.string_at(0),
    "exit": lambda: os._exit(3),
    "endless": lambda: time.sleep(3600),
    "memory": lambda: bytearray(8 << 30),
    "deep": lambda: sys.setrecursionlimit(60) or _deeper(),
}
_read = child.read_submission


def _deeper() -> None:
    _deeper()


def read_submission(registry: Any, submission: Any, data: bytes, limits: Any) -> Any:
    effect = EFFECTS.get(submission.file_name.partition(".")[0])
    if effect:
        effect()
    return _read(registry, submission, data, limits)


if __name__ == "__main__":
    child.read_submission = read_submission  # type: ignore[assignment]
    serve(child.answer)
