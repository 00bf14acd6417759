"""An address or a severity that changed in the registry: loaded by the next night, and nothing computed again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.warehouse import connect
from tests.golden.chain import run_night, settings_for
from tests.workbooks import THANH_HOA


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return shutil.copytree(THANH_HOA, tmp_path / "registry")


@pytest.fixture
def night(warehouse_dsn: str, registry: Path, tmp_path: Path) -> Callable[[int], None]:
    settings = settings_for(warehouse_dsn, tmp_path)
    return lambda day: run_night(settings, registry, settings.inbox, f"2025-07-{day}T01:00:00+07:00") and None


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    with connect(warehouse_dsn) as connection:
        yield connection


def test_only_a_file_that_models_read_computes_everything_again(
    night: Callable[[int], None], registry: Path, conn: psycopg.Connection
) -> None:
    night(17)
    write(registry / "contacts.csv", "so-y-te,so-y-te@example.org,2025-07-01,,false")
    write(registry / "rule_overrides.csv", "HS-01.nothing_at_all,14797,info,2025-07-01,,Thử,Thử,false")
    night(18)
    assert loaded(conn, "contacts", "email") == ["so-y-te@example.org"]
    assert loaded(conn, "rule_overrides", "severity") == ["info"]
    assert computed_everything(conn) == [True, False]

    write(registry / "holidays.csv", "2025-07-21,holiday,Thử,,false")
    night(19)
    assert computed_everything(conn) == [True, False, True]


def write(path: Path, row: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")


def loaded(conn: psycopg.Connection, file: str, column: str) -> list[str]:
    with conn.transaction():
        return [value for (value,) in conn.execute(f"select {column} from registry.{file}".encode())]


def computed_everything(conn: psycopg.Connection) -> list[bool]:
    with conn.transaction():
        return [
            full for (full,) in conn.execute("select is_full from raw.computations order by computation_id")
        ]
