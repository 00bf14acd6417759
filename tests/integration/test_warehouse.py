"""The embedded server and a warehouse on it, for real."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.errors import KpiReportingError, WarehouseError
from kpi_reporting.runtime.postgres import EmbeddedPostgres
from kpi_reporting.runtime.warehouse import ensure_warehouse
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect, migrate

LAYERS = ("registry", "raw", "staging", "intermediate", "marts", "quality", "national")


@pytest.fixture
def other(settings: Settings) -> Iterator[Settings]:
    """Settings with a home of their own, for tests that break their server."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-tests-"))
    folder.chmod(0o755)
    yield replace(settings, home=folder)
    shutil.rmtree(folder)


def postmaster(settings: Settings) -> int:
    return int((settings.home / "postgres/data/postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_reader_reads_what_is_published_and_cannot_change_it(settings: Settings, warehouse_dsn: str) -> None:
    with connect(settings.reader_dsn("thanh_hoa")) as reader:
        assert reader.execute("select count(*) from reporting.kpi_values").fetchone() == (0,)
        assert reader.execute("select count(*) from kpi_values").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("delete from reporting.kpi_values")


@pytest.mark.parametrize("schema", LAYERS)
def test_reader_sees_no_other_layer(settings: Settings, warehouse_dsn: str, schema: str) -> None:
    with connect(warehouse_dsn) as owner:
        owner.execute(f"create table {schema}.seen_by_owner ()")
    with connect(settings.reader_dsn("thanh_hoa")) as reader:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"select from {schema}.seen_by_owner")


def test_reader_sees_tables_of_reporting_that_come_later(settings: Settings, warehouse_dsn: str) -> None:
    with connect(warehouse_dsn) as owner:
        owner.execute("create table reporting.added_later ()")
    with connect(settings.reader_dsn("thanh_hoa")) as reader:
        reader.execute("select from reporting.added_later")


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_reader_cannot_create_databases_or_roles(
    settings: Settings, warehouse_dsn: str, database: str
) -> None:
    reader_dsn = settings.dsn_of(database, "reporting_reader")
    with psycopg.connect(reader_dsn, autocommit=True) as reader:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("create database stolen")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("create role stolen")


def test_migrating_again_changes_nothing(settings: Settings, warehouse_dsn: str) -> None:
    with connect(warehouse_dsn) as owner:
        owner.execute("insert into registry.loads (registry_code, sha256) values ('thanh_hoa', 'kept')")
    ensure_warehouse(settings, "thanh_hoa")
    migrate(warehouse_dsn)
    with connect(warehouse_dsn) as owner:
        assert owner.execute("select sha256 from registry.loads").fetchall() == [("kept",)]


def test_a_warehouse_newer_than_the_program_is_left_alone(warehouse_dsn: str) -> None:
    with connect(warehouse_dsn) as owner:
        owner.execute("update public.alembic_version set version_num = '9999'")
    with pytest.raises(WarehouseError, match="revision 9999"):
        migrate(warehouse_dsn)
    with connect(warehouse_dsn) as owner:
        owner.execute("update public.alembic_version set version_num = '0003'")


def test_wrong_password_is_refused(warehouse_dsn: str) -> None:
    with pytest.raises(WarehouseError, match="password authentication failed"):
        connect(psycopg.conninfo.make_conninfo(warehouse_dsn, password="guess"))


def test_what_was_committed_survives_a_kill(other: Settings) -> None:
    with EmbeddedPostgres(other).running():
        with connect(other.dsn_of("postgres")) as conn:
            conn.execute("create table kept as select n from generate_series(1, 1000) as n")
        pid = postmaster(other)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
    server = EmbeddedPostgres(other)
    with server.running(), connect(other.dsn_of("postgres")) as conn:
        assert conn.execute("select count(*) from kept").fetchone() == (1000,)
    assert not server.is_running()


def test_the_last_user_stops_the_server(other: Settings) -> None:
    first, second = EmbeddedPostgres(other), EmbeddedPostgres(other)
    with first.running():
        with second.running():
            pass
        assert first.is_running()
    assert not first.is_running()


def test_a_taken_port_is_left_to_its_owner(settings: Settings, warehouse_dsn: str, other: Settings) -> None:
    taken = settings.port("postgres")
    (other.home / "ports").mkdir()
    (other.home / "ports/postgres").write_text(str(taken))
    with EmbeddedPostgres(other).running():
        assert other.port("postgres") != taken
        assert connect(other.dsn_of("postgres")).close() is None
    assert connect(warehouse_dsn).close() is None


def test_a_home_that_cannot_be_written_ends_in_one_sentence(settings: Settings) -> None:
    unwritable = replace(settings, home=Path("/proc/kpi"))
    with pytest.raises(KpiReportingError, match=r"Cannot write below /proc/kpi: .* KPI_HOME="):
        with EmbeddedPostgres(unwritable).running():
            pass


def test_data_of_another_major_version_are_not_touched(other: Settings) -> None:
    data = other.home / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(KpiReportingError, match="belongs to PostgreSQL 16"):
        with EmbeddedPostgres(other).running():
            pass
