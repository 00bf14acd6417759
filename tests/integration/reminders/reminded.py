"""Who is reminded in the province of these tests, and what the ledger then says."""

from __future__ import annotations

from typing import Any

import psycopg

from kpi_reporting.reminders import MailServer, ReminderSummary, send_reminders
from tests.integration.reminders.province import MORNING, Province

# 90001 filed, 90006's file is answered, 90008 has not confirmed its address, 90009 has none.
REMINDED = ["90004", "90005", "90007"]
ALL_WELL = ReminderSummary(sent=3, without_address=2)


def send(conn: psycopg.Connection, province: Province, server: MailServer) -> ReminderSummary:
    return send_reminders(conn, province.registry, MORNING, server)


def log(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    with conn.transaction():
        return conn.execute("select unit_code, state from raw.reminders order by reminder_seq").fetchall()
