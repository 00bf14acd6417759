"""Rules about senders who cannot be reminded: one that owes, with an address, without, and with a wrong one."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from kpi_reporting.catalogue import BuiltInRule, built_in_rules
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Contact
from kpi_reporting.reminders import MailServer, send_reminders
from kpi_reporting.warehouse.nights import Night
from tests.integration.intake import conn, night, registry
from tests.integration.reminders.mail_server import LocalMailServer

OWED = """
truncate reporting.publications, reporting.units, reporting.periods, reporting.obligations restart identity cascade;
insert into reporting.publications (night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed)
values ('n', '2025-07-17 01:00+07', 'r', 'first', 3, 0, 0);
insert into reporting.units (unit_id, unit_code, kind, name_vi, sort_key, valid_from, confirmed, publication_id)
values ('14758@2025-07-01', '14758', 'commune', 'Phường Hạc Thành', 'x', '2025-07-01', true, 1);
insert into reporting.periods (calendar_code, period_code, period_kind, year, number, first_day, last_day, publication_id)
values ('administrative', '2025-M07', 'month', 2025, 7, '2025-06-15', '2025-07-14', 1);
insert into reporting.obligations (
    unit_id, unit_code, form_code, calendar_code, period_code, due_at, lock_at, correction_lock_at, state, is_late, is_nil,
    publication_id
) values ('14758@2025-07-01', '14758', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07',
          '2025-08-16+07', 'late', true, false, 1);
"""
KNOWN, UNKNOWN = "van-thu@14758.example", "khong-co@14758.example"
EXAMPLES: dict[str, str | None] = {
    "a sender that owes and has no address": None,
    "a sender that owes and has an address": KNOWN,
    "a sender whose address the mail server refuses": UNKNOWN,
}
RULES = [rule for rule in built_in_rules().values() if str(rule.fails) in EXAMPLES]


def found_of(
    conn: psycopg.Connection, registry: Registry, night: Night, address: str | None
) -> dict[str, tuple[str, str]]:
    row = {"unit_code": "14758", "email": address, "valid_from": "2025-07-01", "confirmed": "true"}
    contacts = (Contact.model_validate_strings(row),) if address else ()
    with LocalMailServer() as mails:
        mails.taken.refuses = {UNKNOWN}
        server = MailServer("127.0.0.1", "nhac-viec@province.example", mails.port, security="none")
        send_reminders(conn, replace(registry, contacts=contacts), night.as_of + timedelta(hours=7), server)
    told = conn.execute("select rule_id, severity, sender_code from quality.findings").fetchall()
    return {rule: (severity, sender) for rule, severity, sender in told}


@pytest.fixture
def owing(conn: psycopg.Connection) -> psycopg.Connection:
    conn.execute(OWED.encode())
    conn.commit()
    return conn


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_the_failing_example_breaks_the_rule_and_the_passing_one_does_not(
    owing: psycopg.Connection, registry: Registry, night: Night, rule: BuiltInRule
) -> None:
    assert rule.id not in found_of(owing, registry, night, EXAMPLES[str(rule.passes)])
    owing.execute("truncate raw.reminders")
    owing.commit()
    assert found_of(owing, registry, night, EXAMPLES[str(rule.fails)])[rule.id] == (rule.severity, "14758")
