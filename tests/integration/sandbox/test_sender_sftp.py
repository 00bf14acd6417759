"""The SFTP server of the invented province: what it serves, to whom, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import asyncssh
import psycopg
import pytest

from kpi_reporting.collect import SftpEndpoint, SourceOutcome, collect_source
from kpi_reporting.errors import SourceError
from kpi_reporting.readers import read_new
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from sandbox.listing import SentFile
from sandbox.loopback_sftp import LoopbackSftp, serving
from sandbox.province import Province
from sandbox.servers import Servers
from tests.integration.intake import AS_OF, EVENING, rows, states

SOURCE, LOCATION = "so-ngoai-vu", "bao-cao"
_Result = TypeVar("_Result")


def ask(at: SftpEndpoint, question: Callable[[asyncssh.SFTPClient], Awaitable[_Result]]) -> _Result:
    """Log in as anybody could that has the connection's credentials, and ask something."""

    async def asked() -> _Result:
        hosts = ([asyncssh.import_public_key(at.host_key)], [], [])
        async with (
            asyncssh.connect(
                at.host, at.port, username=at.user, password=at.password, known_hosts=hosts, config=None,
                client_keys=None, agent_path=None,
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):  # fmt: skip
            return await question(sftp)

    return asyncio.run(asked())


async def listed(sftp: asyncssh.SFTPClient) -> dict[str, tuple[str, datetime]]:
    """Hash and time of all files below the account's root."""
    found = {}
    for path in await sftp.glob("**/*.*"):
        at = datetime.fromtimestamp((await sftp.stat(path)).mtime or 0, UTC)
        async with sftp.open(path, "rb") as file:
            found[str(path)] = (hashlib.sha256(await file.read()).hexdigest(), at)
    return found


def test_what_the_department_filed_is_served_with_the_times_it_was_sent(
    running: Servers, province: Province
) -> None:
    endpoint = running.endpoints["sender_sftp"]
    assert isinstance(endpoint, SftpEndpoint)
    told = {
        one.origin: (one.sha256, one.received_at) for one in province.manifest if one.source_code == SOURCE
    }
    assert told
    assert ask(endpoint, listed) == told


def test_a_night_collects_and_reads_it_and_the_same_night_again_nothing(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    running: Servers,
    province: Province,
    landing: str,
) -> None:
    endpoint = running.endpoints["sender_sftp"]
    count = len(province.sent_files[LOCATION])
    outcomes = [collect_source(conn, registry, night, SOURCE, endpoint, landing) for _ in range(2)]
    assert outcomes == [
        SourceOutcome(SOURCE, received=count, already_known=0),
        SourceOutcome(SOURCE, 0, count),
    ]
    assert read_new(conn, registry, night, landing).read == count
    assert rows(conn, "select distinct channel, sender_code from raw.submissions inner join raw.readings "
                      "using (submission_id)") == [("sftp", "so-ngoai-vu")]  # fmt: skip
    assert {origin for origin, _ in states(conn)} == {file.path for file in province.sent_files[LOCATION]}


def test_an_earlier_night_is_given_what_was_sent_by_then(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    running: Servers,
    province: Province,
    landing: str,
) -> None:
    early = replace(night, as_of=AS_OF.replace(month=6, day=1))
    open_night(conn, early, registry.code, registry.sha256)
    outcome = collect_source(conn, registry, early, SOURCE, running.endpoints["sender_sftp"], landing)
    files = province.sent_files[LOCATION]
    sent = sum(file.sent_at <= early.as_of for file in files)
    assert 0 < sent < len(files)
    assert outcome == SourceOutcome(SOURCE, received=sent, already_known=0)


def test_without_the_server_the_source_fails_like_any_silent_sender(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    with pytest.raises(SourceError, match="sender_sftp"):
        collect_source(conn, registry, night, SOURCE, None, landing)
    assert rows(conn, "select rule_id, sender_code, subject from quality.findings") == [
        ("source_unavailable", "so-ngoai-vu", SOURCE)
    ]


def test_keys_and_passwords_are_made_for_each_run(running: Servers, tmp_path: Path) -> None:
    mine = running.sftp.endpoint
    with LoopbackSftp(tmp_path) as other:
        assert other.endpoint.host_key != mine.host_key
        assert other.endpoint.password != mine.password
        with pytest.raises(asyncssh.PermissionDenied):
            ask(replace(other.endpoint, password=mine.password), listed)
        with pytest.raises(asyncssh.HostKeyNotVerifiable):
            ask(replace(other.endpoint, host_key=mine.host_key), listed)


def test_a_folder_in_which_nothing_was_filed_yet_is_there_and_empty(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    with serving({LOCATION: []}) as server:
        outcome = collect_source(conn, registry, night, SOURCE, server.endpoint, landing)
    assert outcome == SourceOutcome(SOURCE, received=0, already_known=0)


def test_it_ends_at_once_and_whole_while_somebody_is_connected(tmp_path: Path) -> None:
    before, gone, inside = set(threading.enumerate()), threading.Event(), threading.Event()

    async def stay(sftp: asyncssh.SFTPClient) -> None:
        inside.set()
        await sftp.wait_closed()
        gone.set()

    file = SentFile(f"{LOCATION}/a.xlsx", EVENING, b"1")
    with serving({LOCATION: [file]}) as server:
        root = server.root
        assert (root / file.path).read_bytes() == b"1"
        caller = threading.Thread(target=lambda: ask(server.endpoint, stay), daemon=True)
        caller.start()
        assert inside.wait(5)
    assert gone.wait(2)
    assert not root.exists()
    caller.join(5)
    assert set(threading.enumerate()) <= before
