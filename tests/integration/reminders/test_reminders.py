"""Who is reminded of what, once a day, whatever a mail server, a killed process or a missing address does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
from rich.console import Console

from kpi_reporting.cli.reminders import print_reminders
from kpi_reporting.errors import ReminderError
from kpi_reporting.reminders import MailServer, ReminderSummary, digests_of, send_reminders, sent_on
from kpi_reporting.warehouse import connect
from tests.integration.reminders.mail_server import LocalMailServer
from tests.integration.reminders.province import MORNING, Province
from tests.integration.reminders.reminded import ALL_WELL, REMINDED, log, send


def findings(conn: psycopg.Connection) -> dict[tuple[str, str], str | None]:
    query = "select rule_id, sender_code, found from quality.findings where rule_id like 'reminder_%'"
    with conn.transaction():
        return {(rule, sender): found for rule, sender, found in conn.execute(query).fetchall()}


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_one_mail_goes_to_each_sender_that_owes_and_has_not_filed(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    assert send(conn, province, server) == ALL_WELL
    assert mails.taken.recipients == [
        ["van-thu@90004.example", "lanh-dao@90004.example"],
        ["van-thu@90005.example"],
        ["van-thu@90007.example"],
    ]
    assert log(conn) == [(unit, state) for unit in REMINDED for state in ("pending", "sent")]


def test_the_digest_says_form_period_both_deadlines_and_what_to_do(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    send(conn, province, server)
    mail = mails.taken.mails[0]
    assert mail["Subject"] == "Nhắc gửi báo cáo: 1 báo cáo chưa nhận được, 1 đã quá hạn – Xã An Lập"
    text = part(mail, "plain")
    for told in (
        "Kính gửi Xã An Lập (90004),",
        "Theo số liệu đến 01:00 ngày 17/07/2025",
        "1. B-01 – Hồ sơ tiếp nhận",
        "Kỳ báo cáo: 2025-M07 (15/06/2025 – 14/07/2025)",
        "Hạn gửi: 23:59 ngày 16/07/2025 (đã quá hạn)",
        "Khóa sổ: 23:59 ngày 15/08/2025",
        "kpi-reporting check",
    ):
        assert told in text.replace("\r\n", "\n")
    assert "<td>23:59 ngày 16/07/2025 (đã quá hạn)</td>" in part(mail, "html")


def test_a_name_of_the_registry_stays_text_on_the_page(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    send(conn, province, server)
    page = part(mails.taken.mails[1], "html")
    assert "&lt;b&gt;Đông&lt;/b&gt; &amp; Tây" in page
    assert "<b>" not in page


def test_whoever_was_reminded_today_is_not_reminded_again(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    send(conn, province, server)
    assert send(conn, province, server) == ReminderSummary(sent_before=3, without_address=2)
    assert len(mails.taken.mails) == 3
    later = send_reminders(conn, province.registry, MORNING + timedelta(hours=24), server)
    assert later.sent == 3
    assert mails.taken.mails[3]["Message-ID"] != mails.taken.mails[0]["Message-ID"]


FILED_SINCE = """
with ledger as (
    insert into raw.submissions (
        night_id, source_code, channel, origin, file_name, media_type, received_at, collected_at, byte_size, sha256,
        landing_uri
    ) select night_id, 'filings', 'drop_folder', 'c', 'c.xlsx', 'xlsx', as_of, as_of, 1, 'c', 'c' from raw.nights
    returning submission_id, night_id
), known as (
    insert into raw.readings (submission_id, reader, sender_code, unit_code, form_code, period_code, claimed_by)
    select submission_id, 'xlsx', '90005', '90005', 'B-01', '2025-M07', 'stamp' from ledger
)
insert into raw.submission_states (submission_id, night_id, state) select submission_id, night_id, %s from ledger
"""


@pytest.mark.parametrize(("state", "is_reminded"), [("read", False), ("withdrawn", True)])
def test_who_filed_since_the_publication_is_left_alone_unless_it_took_that_back(
    conn: psycopg.Connection, province: Province, state: str, is_reminded: bool
) -> None:
    conn.execute(FILED_SINCE, (state,))
    owing = {digest.unit_code for digest in digests_of(conn, province.registry, MORNING)}
    conn.rollback()
    assert ("90005" in owing) == is_reminded
    assert "90004" in owing


def test_the_form_of_a_closed_unit_is_asked_of_who_files_for_it(
    conn: psycopg.Connection, province: Province
) -> None:
    conn.execute(
        "update reporting.obligations set unit_id = '90002@2020-01-01', unit_code = '90002' "
        "where unit_code = '90005' and period_code = '2025-M07'"
    )
    digests = {digest.unit_code: digest for digest in digests_of(conn, province.registry, MORNING)}
    conn.rollback()
    assert digests["90001"].addresses == ("van-thu@90001.example",)
    assert [one.unit_code for one in digests["90001"].owed] == ["90002"]
    assert digests.keys().isdisjoint({"90002", "90005"})


def test_what_is_locked_by_now_is_not_asked_for(conn: psycopg.Connection, province: Province) -> None:
    conn.execute("update raw.nights set as_of = '2025-08-16 01:00+07'")
    assert digests_of(conn, province.registry, MORNING + timedelta(days=30)) == []
    conn.rollback()


def test_nobody_is_reminded_when_no_night_has_looked_lately(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    with pytest.raises(ReminderError, match="The last night looks from 2025-07-17T01:00:00"):
        send_reminders(conn, province.registry, MORNING + timedelta(days=2), server)
    assert mails.taken.mails == []


def test_without_an_address_there_is_a_finding_and_no_failure(
    conn: psycopg.Connection, province: Province, server: MailServer
) -> None:
    send(conn, province, server)
    assert findings(conn) == {
        ("reminder_without_address", "90008"): "1 unconfirmed",
        ("reminder_without_address", "90009"): None,
    }


def test_a_refused_address_stops_no_other_and_is_tried_again_by_the_next_run(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    mails.taken.refuses = {"lanh-dao@90004.example", "van-thu@90005.example"}
    assert send(conn, province, server) == ReminderSummary(sent=2, without_address=2, refused=1)
    assert mails.taken.recipients == [["van-thu@90004.example"], ["van-thu@90007.example"]]
    told = findings(conn)
    assert told["reminder_refused", "90004"] == "1 of 2 addresses: 550 5.1.1 …: no such user"
    assert told["reminder_refused", "90005"] == "1 of 1 addresses: 550 5.1.1 …: no such user"
    mails.taken.refuses = set()
    assert send(conn, province, server) == ReminderSummary(sent=1, sent_before=2, without_address=2)
    assert mails.taken.recipients[2] == ["van-thu@90005.example"]


SENDER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from kpi_reporting.registry import load_registry
from kpi_reporting.reminders import MailServer, send_reminders
from kpi_reporting.warehouse import connect

dsn, registry, as_of, port = sys.argv[1:]
server = MailServer("127.0.0.1", "nhac-viec@province.example", int(port), security="none")
with connect(dsn) as conn:
    send_reminders(conn, load_registry(Path(registry)), datetime.fromisoformat(as_of), server)
"""


def test_a_mail_in_doubt_after_a_kill_is_sent_again_by_the_name_it_had_and_no_other_is(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    arguments = (province.dsn, str(province.registry.folder), MORNING.isoformat(), str(mails.port))
    running = subprocess.Popen([sys.executable, "-c", SENDER, *arguments])

    def kill_at_the_second(_: object) -> None:
        if len(mails.taken.mails) == 2:
            os.kill(running.pid, signal.SIGKILL)
            running.wait()

    mails.taken.at_data = kill_at_the_second
    assert running.wait(60) == -signal.SIGKILL
    assert log(conn) == [("90004", "pending"), ("90004", "sent"), ("90005", "pending")]
    assert send(conn, province, server) == ReminderSummary(sent=2, sent_before=1, without_address=2)
    names = [mail["Message-ID"] for mail in mails.taken.mails]
    assert [mail["To"] for mail in mails.taken.mails][1:3] == ["van-thu@90005.example"] * 2
    assert names[1] == names[2]
    assert len(set(names)) == 3
    assert log(conn)[3:] == [
        ("90005", "pending"), ("90005", "sent"), ("90007", "pending"), ("90007", "sent")
    ]  # fmt: skip


def test_a_connection_that_breaks_leaves_one_mail_in_doubt_and_the_others_sent(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    def break_the_second(connection: Any) -> None:
        if len(mails.taken.mails) == 2:
            connection.transport.abort()

    mails.taken.at_data = break_the_second
    with pytest.raises(ReminderError, match="broke off 1 of 5 mails before it answered; all others"):
        send(conn, province, server)
    assert log(conn)[2:] == [("90005", "pending"), ("90007", "pending"), ("90007", "sent")]
    assert sent_on(conn, MORNING.date()) == {"90004", "90007"}


def test_a_second_run_waits_for_the_first(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer, server: MailServer
) -> None:
    def run(_: int) -> ReminderSummary:
        with connect(province.dsn) as own:
            return send(own, province, server)

    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(both.map(run, range(2)), key=lambda one: one.sent)
    assert [one.sent for one in outcomes] == [0, 3]
    assert len(mails.taken.mails) == 3


def test_the_command_shows_what_would_be_sent_and_what_was(
    conn: psycopg.Connection, province: Province, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = digests_of(conn, province.registry, MORNING)
    print_reminders(Console(width=120), digests, {"90005"})
    shown = capsys.readouterr().out
    assert "would be sent to van-thu@90004.example, lanh-dao@90004.example" in shown
    assert "reminded already today" in shown
    assert "no address in contacts.csv, 1 await confirmation" in shown
    assert "B-01 2025-M07: due 2025-07-16 23:59, late, locks 2025-08-15 23:59" in shown
    assert "5 senders owe and have not filed, 3 of them have an address." in shown
    assert log(conn) == []
