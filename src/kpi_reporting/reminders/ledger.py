"""What was sent to whom: a row before a mail is handed over, another when it is known what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal

import psycopg

State = Literal["pending", "sent", "refused"]

_KEEP = """
insert into raw.reminders (unit_code, reminded_day, state, message_id, sha256, addresses, night_id, detail)
values (
    %(unit_code)s, %(reminded_day)s, %(state)s, %(message_id)s, %(sha256)s, %(addresses)s, %(night_id)s, %(detail)s
)
"""
_SENT = "select r.unit_code from raw.reminders as r where r.reminded_day = %s and r.state = 'sent'"
_LOCK = "hashtext('kpi_reporting.reminders')"


@dataclass(frozen=True)
class Reminder:
    """One digest of one sender on one day, as it is handed over."""

    unit_code: str
    reminded_day: date
    message_id: str
    sha256: str
    addresses: Sequence[str]
    night_id: str


@contextmanager
def one_sender_of_mail(conn: psycopg.Connection) -> Iterator[None]:
    """Let nobody else send reminders of this warehouse meanwhile; a second run waits, and sees what was sent."""
    with conn.transaction():
        conn.execute(f"select pg_advisory_lock({_LOCK})")
    try:
        yield
    finally:
        with conn.transaction():
            conn.execute(f"select pg_advisory_unlock({_LOCK})")


def sent_on(conn: psycopg.Connection, day: date) -> set[str]:
    """Return the senders whose digest of a day is known to have been taken."""
    with conn.transaction():
        return {unit_code for (unit_code,) in conn.execute(_SENT, (day,)).fetchall()}


def keep(conn: psycopg.Connection, reminder: Reminder, state: State, detail: str | None = None) -> None:
    """Keep a state of a reminder, for good before this returns."""
    row = {**vars(reminder), "addresses": list(reminder.addresses), "state": state, "detail": detail}
    with conn.transaction():
        conn.execute(_KEEP, row)
