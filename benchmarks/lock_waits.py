"""How long readers waited for locks, as the server itself logs it: exact, and free while nobody waits."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from tenacity import Retrying, retry_if_not_result, stop_after_delay, wait_fixed

from kpi_reporting.settings import READER_ROLE

_WAITED = re.compile(r"process \d+ acquired \w+ on .* after (\d+\.\d+) ms")
_SHORTEST_SEEN = "1ms"
_TRIAL_SECONDS = 0.05


def log_lock_waits(conn: psycopg.Connection) -> None:
    """Let the server log every wait of a reader that is longer than a millisecond; for sessions that begin later."""
    for setting, value in (("log_lock_waits", "on"), ("deadlock_timeout", _SHORTEST_SEEN)):
        conn.execute(
            sql.SQL("alter role {} set {} = {}").format(
                sql.Identifier(READER_ROLE), sql.Identifier(setting), sql.Literal(value)
            )
        )
    conn.commit()


@contextmanager
def lock_waits(home: Path, owner: psycopg.Connection) -> Iterator[list[float]]:
    """Milliseconds of each wait for a lock that ended inside the block."""
    waits = list[float]()
    before = len(_logged(home, owner))
    yield waits
    waits += _logged(home, owner)[before:]


def _logged(home: Path, owner: psycopg.Connection) -> list[float]:
    """Read all waits from the log, once it has arrived at a line we let the server write now."""
    line = f"read up to {uuid4()}"
    with owner.transaction():
        owner.execute(sql.SQL("do {}").format(sql.Literal(f"begin raise log '{line}'; end")))
    arrived = Retrying(
        retry=retry_if_not_result(lambda told: line in told), wait=wait_fixed(0.1), stop=stop_after_delay(30)
    )
    return [float(found) for found in _WAITED.findall(arrived(_log, home))]


def _log(home: Path) -> str:
    logs = sorted((home / "postgres/data/log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    return "\n".join(path.read_text("utf-8", "replace") for path in logs)


def make_one_wait(home: Path, owner: psycopg.Connection, reader: psycopg.Connection) -> float:
    """Make a reader wait on purpose; return the milliseconds the log tells, which are 0 when it tells none."""
    with lock_waits(home, owner) as waits:
        owner.execute("lock table reporting.kpis in access exclusive mode")
        timer = threading.Timer(_TRIAL_SECONDS, owner.commit)
        timer.start()
        reader.execute("select count(*) from reporting.kpis")
        timer.join()
    return max(waits, default=0.0)
