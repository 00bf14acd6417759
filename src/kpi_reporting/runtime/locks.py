"""File locks between our processes. The kernel drops them with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
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


def hold(path: Path) -> bool:
    """Take a lock for as long as this process lives, or learn at once that another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True  # left open on purpose: the lock goes when the last bit of the process is gone


def is_held(path: Path) -> bool:
    """Say whether some process is inside ``exclusive`` or holds this lock."""
    with _open(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


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
