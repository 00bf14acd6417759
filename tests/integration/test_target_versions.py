"""A target changed by an act, night after night: what was compared stays, and an edit starts no night."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.errors import RegistryError
from kpi_reporting.warehouse import connect
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import OneDatabase, run_night, settings_for

CASE = GOLDEN / "cases/target_changed_by_an_act"
FIRST, SECOND = "2025-07-17T01:00:00+07:00", "2025-08-17T01:00:00+07:00"
COMPARED = """
select period_code, target_version, target_value, target_gap, target_status, revision
from reporting.kpi_values where unit_code = '99' and period_kind = 'month' order by period_code
"""


@pytest.fixture
def province(warehouse_dsn: str, tmp_path: Path) -> OneDatabase:
    """The case's registry with the first version alone, and the filing of July."""
    shutil.copytree(GOLDEN / "registry", tmp_path / "registry")
    shutil.copytree(GOLDEN / "expectations", tmp_path / "expectations")
    write_targets(tmp_path, [written()[0], written()[1].replace("2025-07-31", "")])
    drop(tmp_path, "m07.csv", "2025-07-15T09:00:00+07:00")
    return settings_for(warehouse_dsn, tmp_path)


def written() -> list[str]:
    return (CASE / "registry/targets.csv").read_text("utf-8").splitlines()


def write_targets(place: Path, lines: list[str]) -> None:
    (place / "registry/targets.csv").write_text("\n".join([*lines, ""]), "utf-8")


def drop(place: Path, name: str, received: str) -> None:
    path = place / "inbox/filings" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(CASE / "filings" / name, path)
    seconds = datetime.fromisoformat(received).timestamp()
    os.utime(path, (seconds, seconds))


def compared(conn: psycopg.Connection) -> list[tuple[object, ...]]:
    return conn.execute(COMPARED).fetchall()


def nights(conn: psycopg.Connection) -> list[tuple[object, ...]]:
    return conn.execute("select night_id from raw.nights order by 1").fetchall()


def test_an_act_changes_what_comes_and_an_edit_changes_nothing(province: OneDatabase, tmp_path: Path) -> None:
    def night(as_of: str) -> None:
        run_night(province, province.registry_dir, province.inbox, as_of)

    night(FIRST)
    july = ("2025-M07", 1, 40, -10, "behind", 1)
    drop(tmp_path, "m08.csv", "2025-08-15T09:00:00+07:00")
    header, first, second = written()
    with connect(province.database) as conn:
        conn.autocommit = True
        assert compared(conn) == [july]

        write_targets(tmp_path, [header, first.replace(">=,40", ">=,25").replace("2025-07-31", "")])
        with pytest.raises(
            RegistryError, match=r"found '25': target ONLINE-2025 version 1 is published with 40;"
        ):
            night(SECOND)
        early = [first.replace("2025-07-31", "2025-07-10"), second.replace("2025-08-01", "2025-07-11")]
        write_targets(tmp_path, [header, *early])
        with pytest.raises(RegistryError, match="figures up to 2025-07-14 are published against"):
            night(SECOND)
        assert compared(conn) == [july]
        assert nights(conn) == [(FIRST,)]

        write_targets(tmp_path, [header, first, second])
        night(SECOND)
        assert compared(conn) == [july, ("2025-M08", 2, 25, 5, "reached", 1)]
