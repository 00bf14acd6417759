"""Collecting from an SFTP server: a real one on 127.0.0.1, with a key of its own."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncssh
import psycopg
import pytest

from kpi_reporting.collect import Endpoint, SourceOutcome, collect_source
from kpi_reporting.errors import SourceError
from kpi_reporting.readers import read_new
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night
from tests.integration.intake import AS_OF, EVENING, conn, landing, night, registry, rows, states
from tests.integration.sftp_server import OTHER_KEY, USER_KEY, Server, server
from tests.workbooks import hs01

DATA, OTHER = hs01(), hs01("14797")


@pytest.fixture
def collect(conn: psycopg.Connection, registry: Registry, night: Night, landing: str, server: Server) -> Any:
    def collected(endpoint: Any = None, **changes: Any) -> SourceOutcome:
        with_source = with_sftp(registry, **changes)
        return collect_source(conn, with_source, night, "by-sftp", endpoint or server.endpoint, landing)

    return collected


def with_sftp(registry: Registry, **changes: Any) -> Registry:
    row = {
        "source_code": "by-sftp", "name_vi": "Sở Y tế", "kind": "sftp", "location": "outgoing",
        "connection_id": "so_y_te_sftp", "unit_code": "so-y-te", "timeout_seconds": 1, "retries": 1,
        "valid_from": "2025-01-01", **changes,
    }  # fmt: skip
    return replace(registry, sources=(*registry.sources, Source.model_validate(row)))


def test_files_are_fetched_once_whoever_asks(
    conn: psycopg.Connection, collect: Any, server: Server, landing: str
) -> None:
    server.write("outgoing/a.xlsx", DATA)
    server.write("outgoing/2025/Báo cáo tháng 7.xlsx", OTHER)
    for name in ("~$a.xlsx", "half.xlsx.part", ".hidden"):
        server.write(f"outgoing/{name}", b"not finished")
    server.write("outgoing/tomorrow.xlsx", hs01("14800"), AS_OF + timedelta(hours=1))
    (server.root / "outgoing/link.xlsx").symlink_to("a.xlsx")
    assert collect() == SourceOutcome("by-sftp", received=2, already_known=0)
    assert collect() == SourceOutcome("by-sftp", received=0, already_known=2)
    assert len(server.reads) == 2
    assert states(conn) == [
        ("outgoing/2025/Báo cáo tháng 7.xlsx", ["received"]),
        ("outgoing/a.xlsx", ["received"]),
    ]
    found = rows(
        conn,
        "select channel, file_name, received_at, byte_size, landing_uri, media_type from raw.submissions "
        "where origin = 'outgoing/a.xlsx'",
    )
    ((channel, name, received_at, size, uri, media_type),) = found
    assert (channel, name, received_at, size) == ("sftp", "a.xlsx", EVENING, len(DATA))
    assert media_type.endswith("spreadsheetml.sheet")
    assert Path(uri.removeprefix("file://")).read_bytes() == DATA


def test_a_state_secret_is_not_fetched_again(
    conn: psycopg.Connection, collect: Any, server: Server, registry: Registry, night: Night, landing: str
) -> None:
    server.write("outgoing/TỐI MẬT - a.xlsx", DATA)
    assert collect().received == 1
    read_new(conn, with_sftp(registry), night, landing)
    assert rows(conn, "select rule_id from quality.findings") == [("state_secret",)]
    assert collect() == SourceOutcome("by-sftp", received=0, already_known=1)
    assert len(server.reads) == 1


def test_a_corrected_file_under_its_old_name_is_new(collect: Any, server: Server) -> None:
    server.write("outgoing/a.xlsx", DATA)
    collect()
    server.write("outgoing/a.xlsx", OTHER, EVENING + timedelta(minutes=5))
    assert collect().received == 1


def test_a_key_lets_us_in_as_well(collect: Any, server: Server) -> None:
    server.write("outgoing/a.xlsx", DATA)
    key = USER_KEY.export_private_key().decode()
    assert collect(replace(server.endpoint, private_key=key, password="")).received == 1


def test_only_files_of_the_pattern_are_taken(collect: Any, server: Server) -> None:
    server.write("outgoing/a.xlsx", DATA)
    server.write("outgoing/notes.txt", b"x")
    assert collect(file_pattern="*.xlsx").received == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"host_key": OTHER_KEY.export_public_key().decode()}, "shows another host key"),
        ({"host_key": ""}, "has no host key"),
        ({"password": "wrong"}, "refuses the user"),
        ({"private_key": OTHER_KEY.export_private_key().decode()}, "refuses the user"),
        ({"private_key": "no key"}, "private key .* cannot be read"),
        ({"port": 9}, "cannot be reached"),
    ],
)
def test_who_is_not_known_gets_nothing_and_nothing_is_shown(
    conn: psycopg.Connection, collect: Any, server: Server, changes: dict[str, Any], told: str
) -> None:
    server.write("outgoing/a.xlsx", DATA)
    endpoint = replace(server.endpoint, **changes)
    with pytest.raises(SourceError, match=told) as error:
        collect(endpoint)
    assert states(conn) == []
    for secret in (server.password, "wrong", "PRIVATE KEY"):
        assert secret not in f"{error.value} {endpoint!r}"
    assert rows(conn, "select rule_id, sender_code, subject from quality.findings") == [
        ("source_unavailable", "so-y-te", "by-sftp")
    ]


def test_keys_and_settings_of_this_machine_are_not_used(
    collect: Any, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = tmp_path / "home/.ssh"
    ssh.mkdir(parents=True)
    USER_KEY.write_private_key(ssh / "id_ed25519")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(SourceError, match="refuses the user"):
        collect(replace(server.endpoint, password="wrong"))


def test_a_folder_that_is_not_there_is_told(collect: Any) -> None:
    with pytest.raises(SourceError, match="does not exist, or our account may not list it"):
        collect(location="incoming")


def test_a_broken_connection_is_made_anew_and_goes_on(
    conn: psycopg.Connection, collect: Any, server: Server
) -> None:
    for number in range(4):
        server.write(f"outgoing/{number}.xlsx", hs01(f"{number}"))

    def break_off_at_the_third(_: str, channel: Any) -> None:
        if len(server.reads) == 3:
            channel.get_connection().abort()

    server.before_read = break_off_at_the_third
    assert collect() == SourceOutcome("by-sftp", received=4, already_known=0)
    assert server.reads == [f"outgoing/{number}.xlsx" for number in (0, 1, 2, 2, 3)]


def test_a_server_that_falls_silent_is_told_and_what_came_is_kept(
    conn: psycopg.Connection, collect: Any, server: Server
) -> None:
    server.write("outgoing/a.xlsx", DATA)
    server.write("outgoing/b.xlsx", OTHER)

    def fall_silent_at_the_second(path: str, _: Any) -> None:
        server.hang = path.endswith("b.xlsx")

    server.before_read = fall_silent_at_the_second
    with pytest.raises(SourceError, match="gave no answer in 1 s") as error:
        collect()
    assert error.value.is_silent
    assert len(server.reads) == 2
    assert states(conn) == [("outgoing/a.xlsx", ["received"])]


def test_a_file_that_is_still_being_written_waits(
    conn: psycopg.Connection, collect: Any, server: Server
) -> None:
    path = server.write("outgoing/a.xlsx", DATA[:1000])

    def go_on(*_: Any) -> None:
        server.write("outgoing/a.xlsx", DATA, EVENING + timedelta(seconds=9))

    server.before_read = go_on
    assert collect().received == 0
    assert collect().received == 1
    assert path.stat().st_size == rows(conn, "select byte_size from raw.submissions")[0][0]


def test_a_file_we_may_not_read_is_named_and_stops_no_other(
    conn: psycopg.Connection, collect: Any, server: Server
) -> None:
    server.write("outgoing/a.xlsx", DATA)
    server.write("outgoing/b.xlsx", OTHER)

    def refuse(path: str, _: Any) -> None:
        if path.endswith("a.xlsx"):
            raise asyncssh.SFTPPermissionDenied("no")

    server.before_read = refuse
    with pytest.raises(SourceError, match=r"1 files .*outgoing/a\.xlsx .*The other files are collected"):
        collect()
    assert states(conn) == [("outgoing/b.xlsx", ["received"])]


def test_a_file_of_a_day_to_come_is_named_and_stops_no_other(
    conn: psycopg.Connection, collect: Any, server: Server
) -> None:
    server.write("outgoing/a.xlsx", DATA, datetime.now(UTC) + timedelta(days=30))
    server.write("outgoing/b.xlsx", OTHER)
    server.write("outgoing/c.xlsx", DATA, AS_OF + timedelta(days=30))
    with pytest.raises(
        SourceError, match=r"1 files were written on a day that is yet to come: outgoing/a\.xlsx \("
    ):
        collect()
    assert states(conn) == [("outgoing/b.xlsx", ["received"])]
    assert server.reads == ["outgoing/b.xlsx"]


def test_what_a_night_may_not_fetch_waits_for_the_next(
    conn: psycopg.Connection, collect: Any, server: Server
) -> None:
    for number in range(3):
        server.write(f"outgoing/{number}.xlsx", DATA)
    for _ in range(2):
        with pytest.raises(SourceError, match="the source is limited to") as error:
            collect(night_bytes=len(DATA) + 1)
    assert error.value.rule_id == "source_limit_reached"
    assert len(states(conn)) == len(server.reads) == 2
    assert collect().received == 1


def test_a_connection_of_another_type_is_told(collect: Any, server: Server) -> None:
    with pytest.raises(SourceError, match="is of another kind than sftp"):
        collect(Endpoint("http://127.0.0.1:9", "token"))
