"""A province after a night, a ledger without reminders, and a mail server on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kpi_reporting.reminders import MailServer
from kpi_reporting.warehouse import connect
from tests.integration.reminders.mail_server import LocalMailServer
from tests.integration.reminders.province import Province, province_after_a_night


@pytest.fixture(scope="module")
def province(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Province:
    return province_after_a_night(warehouse_dsn, tmp_path_factory.mktemp("province"))


@pytest.fixture
def conn(province: Province) -> Iterator[psycopg.Connection]:
    with connect(province.dsn) as connection:
        connection.execute("truncate raw.reminders restart identity")
        connection.execute("delete from quality.findings where rule_id like 'reminder_%'")
        connection.commit()
        yield connection


@pytest.fixture
def mails() -> Iterator[LocalMailServer]:
    with LocalMailServer() as server:
        yield server


@pytest.fixture
def server(mails: LocalMailServer) -> MailServer:
    return MailServer("127.0.0.1", "nhac-viec@province.example", mails.port, security="none")
