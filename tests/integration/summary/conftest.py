"""The warehouse after that night, and its summary as it is printed."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kpi_reporting import cli
from kpi_reporting.board.screen import new_screen
from kpi_reporting.runtime.warehouse import ensure_warehouse
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from tests.databases import REGISTRY_CODE, administrator, drop_warehouse, set_aside_warehouse
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import run_night, settings_for
from tests.integration.summary.night import AS_OF, FILED, IN_TIME, ROWS, TOO_LATE, Printed, drop, filing


@pytest.fixture(scope="session")
def after_the_night(settings: Settings, postgres: object, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A night in which one files in time, one late, one with a wrong sum, one not at all; return its database."""
    ensure_warehouse(settings, REGISTRY_CODE)
    run_the_night(settings.warehouse_dsn(REGISTRY_CODE), tmp_path_factory.mktemp("board"))
    set_aside_warehouse(settings, "after_the_night")
    return "after_the_night"


@pytest.fixture(scope="module")
def night(settings: Settings, after_the_night: str) -> Iterator[str]:
    """Address of a copy of the warehouse after that night, for this test module alone."""
    with administrator(settings) as conn:
        conn.execute(f"create database kpi_{REGISTRY_CODE} template {after_the_night}".encode())
    yield settings.warehouse_dsn(REGISTRY_CODE)
    drop_warehouse(settings)


def run_the_night(dsn: str, place: Path) -> None:
    shutil.copytree(GOLDEN / "registry", place / "registry")
    shutil.copytree(GOLDEN / "expectations", place / "expectations")
    for name, rows in ROWS.items():
        with (place / "registry" / name).open("a", encoding="utf-8") as file:
            file.write(rows.lstrip())
    for name, (unit, at, figures) in FILED.items():
        drop(place / "inbox" / "filings", name, filing(unit, figures).encode(), at)
    drop(place / "inbox" / "filings", "hỏng.xlsx", b"PK\3\4", IN_TIME)
    copy = filing("90001", FILED["90001.csv"][2]).encode()
    drop(place / "inbox" / "filings", "bản sao.csv", copy, TOO_LATE)
    run_night(settings_for(dsn, place), place / "registry", place / "inbox", AS_OF)


@pytest.fixture
def conn(night: str) -> Iterator[psycopg.Connection]:
    """The warehouse after the night; what a test changes is undone."""
    with connect(night) as connection:
        connection.execute("select 1")  # opens the transaction that is rolled back
        yield connection
        connection.rollback()


@pytest.fixture
def printed(conn: psycopg.Connection) -> Printed:
    """Print a part of the summary; return its text with single blanks."""

    def text(part: Callable[..., None], *asked: str | None) -> str:
        stream = io.StringIO()
        part(conn, *asked, screen=new_screen(stream))
        return "\n".join(" ".join(line.split()) for line in stream.getvalue().splitlines())

    return text


@pytest.fixture
def program(
    night: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the program on the warehouse after the night."""
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["kpi-reporting", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
