"""With which mail servers a password is shared, and where it never stands."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.errors import ReminderError
from kpi_reporting.reminders import MailServer, sent_on
from tests.integration.reminders.mail_server import LOGIN, PASSWORD, LocalMailServer, made_certificate
from tests.integration.reminders.province import MORNING, Province
from tests.integration.reminders.reminded import ALL_WELL, REMINDED, log, send

PROJECT = Path(__file__).parents[3]


def test_the_password_goes_only_to_a_server_whose_certificate_is_trusted(
    conn: psycopg.Connection, province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = made_certificate(tmp_path)
    with LocalMailServer(certificate) as secured:
        server = MailServer("127.0.0.1", LOGIN, secured.port, LOGIN, PASSWORD)
        with pytest.raises(ReminderError, match="certificate verify failed") as told:
            send(conn, province, server)
        assert (secured.logins, log(conn)) == ([], [])
        assert PASSWORD not in f"{told.value}{server!r}"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert send(conn, province, server) == ALL_WELL
        assert secured.logins == [LOGIN.encode()]


def test_a_wrong_password_is_told_without_it(
    conn: psycopg.Connection, province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = made_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with LocalMailServer(certificate) as secured:
        server = MailServer("127.0.0.1", LOGIN, secured.port, LOGIN, "khac-hoan-toan")
        with pytest.raises(ReminderError, match="does not accept our login") as told:
            send(conn, province, server)
    assert "khac-hoan-toan" not in str(told.value)


def test_no_password_travels_in_the_clear(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer
) -> None:
    server = MailServer("127.0.0.1", LOGIN, mails.port, LOGIN, PASSWORD, security="none")
    with pytest.raises(ReminderError, match="a password and no encryption, so nothing is sent"):
        send(conn, province, server)


def test_a_connection_without_a_sender_address_is_told_before_anything_is_sent(
    conn: psycopg.Connection, province: Province, mails: LocalMailServer
) -> None:
    with pytest.raises(ReminderError, match="write from_email into its extra"):
        send(conn, province, MailServer("127.0.0.1", "kpi", mails.port, security="none"))
    assert log(conn) == []


def test_the_dag_sends_through_its_connection_and_leaves_the_password_nowhere(
    conn: psycopg.Connection, province: Province, tmp_path: Path
) -> None:
    certificate = made_certificate(tmp_path)
    home = tmp_path / "airflow"
    with LocalMailServer(certificate) as secured:
        connection = {
            "conn_type": "smtp", "host": "127.0.0.1", "port": secured.port, "login": LOGIN, "password": PASSWORD,
            "extra": {"disable_ssl": True},
        }  # fmt: skip
        environment = {
            **os.environ,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(connection),
            "SSL_CERT_FILE": str(certificate),
        }
        asked = json.dumps({"registry": str(province.registry.folder), "as_of": MORNING.isoformat()})
        for command in (["db", "migrate"], ["dags", "test", "send_reminders", "--conf", asked]):
            ran = subprocess.run(
                [sys.executable, "-m", "airflow", *command], env=environment, capture_output=True, check=False
            )
            assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    assert [mail["To"] for mail in secured.taken.mails][2] == "van-thu@90007.example"
    assert sent_on(conn, MORNING.date()) == set(REMINDED)
    with sqlite3.connect(home / "airflow.db") as metadata:
        rendered = metadata.execute("select rendered_fields from rendered_task_instance_fields").fetchall()
    assert len(rendered) == 1
    kept = [path for path in home.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert kept == []
    assert PASSWORD.encode() not in ran.stdout + ran.stderr
