"""File locks between our processes. The kernel drops them with the process, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Be the only process inside the block."""
    with _open(path) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def try_exclusive(path: Path) -> Iterator[bool]:
    """Be the only process inside the block, or learn at once that another one is."""
    with _open(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def users(path: Path) -> IO[str]:
    """Join the users of something; closing the returned file leaves them."""
    lock = _open(path)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def sole_user(joined: IO[str]) -> bool:
    """Say whether nobody else is a user now."""
    try:
        fcntl.flock(joined, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w")
