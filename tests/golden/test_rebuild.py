"""A full rebuild beside the warehouse equals what nights kept, and a past night gives what readers saw then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from typer.testing import CliRunner

from kpi_reporting import night
from kpi_reporting.cli import app
from kpi_reporting.errors import WarehouseError
from kpi_reporting.warehouse import connect
from tests.golden.cases import Case, all_cases, lay_out
from tests.golden.chain import OneDatabase, run_night, settings_for

pytestmark = pytest.mark.integration

CORRECTION = next(case for case in all_cases() if case.name == "correction_replaces")


@pytest.fixture(scope="module")
def two_nights(
    warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Case, OneDatabase, Path, Path]:
    place = tmp_path_factory.mktemp("rebuild")
    registry, inbox = lay_out(CORRECTION, place)
    settings = settings_for(warehouse_dsn, place / "home")
    for as_of in CORRECTION.nights[:-1]:
        run_night(settings, registry, inbox, as_of)
    run_night(settings, registry, inbox, as_airflow_tells_it(CORRECTION.nights[-1]))
    return CORRECTION, settings, registry, inbox


def as_airflow_tells_it(as_of: str) -> str:
    """The instant in UTC: a DAG run without an instant of its own looks from its start, told like this."""
    return datetime.fromisoformat(as_of).astimezone(UTC).isoformat()


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    with connect(warehouse_dsn) as connection:
        yield connection


def rebuild(settings: OneDatabase, registry: Path) -> dict[str, Any]:
    with mock.patch.object(night, "get_settings", return_value=settings):
        return night.rebuild({"registry": str(registry)})


def test_the_second_night_computes_only_what_changed_and_a_rebuild_gives_the_same(
    two_nights: tuple[Case, OneDatabase, Path, Path], conn: psycopg.Connection
) -> None:
    _, settings, registry, _ = two_nights
    computed = conn.execute(
        "select is_full, is_published from raw.computations order by computation_id"
    ).fetchall()
    assert computed == [(True, True), (False, True)]
    said = rebuild(settings, registry)
    assert said["rows_compared"] > 10


def test_a_past_night_computed_again_gives_what_readers_saw_then(
    two_nights: tuple[Case, OneDatabase, Path, Path], conn: psycopg.Connection
) -> None:
    _, settings, registry, _ = two_nights
    first, second = (
        row[0] for row in conn.execute("select publication_id from reporting.publications order by 1")
    )
    with mock.patch.object(night, "get_settings", return_value=settings):
        for publication in (first, second):
            said = night.replay(registry, publication)
    figures, comparisons = (
        conn.execute(f"select count(*) from reporting.{name}_as_of({second})".encode()).fetchall()[0][0]
        for name in ("kpi_values", "kpi_comparisons")
    )
    assert said["rows_compared"] >= figures + comparisons > figures > 0
    values = "select value from reporting.kpi_values_as_of(%s) where unit_id = '90001@2025-07-01' and value is not null"
    assert conn.execute(values, (first,)).fetchall() != conn.execute(values, (second,)).fetchall()


def test_a_past_night_that_gives_something_else_is_told_and_changes_nothing(
    two_nights: tuple[Case, OneDatabase, Path, Path], conn: psycopg.Connection
) -> None:
    _, settings, registry, _ = two_nights
    past = "where unit_id = '90001@2025-07-01' and revision = 1 and value > 0"
    conn.execute(f"update reporting.kpi_value_issues set value = value + 1 {past}".encode())
    conn.commit()
    with mock.patch.object(night, "get_settings", return_value=settings):
        with pytest.raises(
            WarehouseError, match=r"publication 1 differs in \d+ cells(.|\n)*90001@.* value: kept"
        ):
            night.replay(registry, 1)
    assert conn.execute("select count(*) from quality.rebuild_differences").fetchone() == (0,)
    conn.execute(f"update reporting.kpi_value_issues set value = value - 1 {past}".encode())
    conn.commit()


def test_a_past_night_of_another_registry_is_not_guessed(
    two_nights: tuple[Case, OneDatabase, Path, Path], conn: psycopg.Connection
) -> None:
    _, settings, registry, _ = two_nights
    conn.execute("update reporting.publications set registry_sha256 = 'before' where publication_id = 1")
    conn.commit()
    with mock.patch.object(night, "get_settings", return_value=settings):
        with pytest.raises(WarehouseError, match="followed another registry"):
            night.replay(registry, 1)


def test_a_kept_cell_that_is_wrong_is_named_and_its_figure_held_back(
    two_nights: tuple[Case, OneDatabase, Path, Path], conn: psycopg.Connection
) -> None:
    case, settings, registry, inbox = two_nights
    conn.execute(
        "update marts.mart_kpi_values set value = value + 1 where unit_id = '90001@2025-07-01' and value > 0"
    )
    conn.commit()
    with pytest.raises(WarehouseError, match=r"kpi_values ONLINE/ONLINE-a/90001@2025-07-01/.* value: kept"):
        rebuild(settings, registry)
    run_night(settings, registry, inbox, case.nights[-1])
    stale = conn.execute("select distinct unit_id from reporting.kpi_values where is_stale").fetchall()
    assert stale == [("90001@2025-07-01",)]
    compared = conn.execute(
        "select distinct unit_id from reporting.kpi_comparisons where is_stale"
    ).fetchall()
    assert compared == stale
    conn.rollback()


def test_what_the_message_advises_computes_everything_and_sets_the_figure_free(
    two_nights: tuple[Case, OneDatabase, Path, Path],
    conn: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, settings, registry, inbox = two_nights
    with pytest.raises(WarehouseError) as told:
        rebuild(settings, registry)
    assert "`kpi-reporting recompute`" in str(told.value)
    monkeypatch.setattr("kpi_reporting.cli.nights.get_settings", lambda: settings)
    monkeypatch.setattr("kpi_reporting.runtime.last_registry.registry_code", lambda *_: "golden")
    assert CliRunner().invoke(app, ["recompute"]).exit_code == 0
    run_night(settings, registry, inbox, case.nights[-1])
    assert conn.execute("select unit_id from reporting.kpi_values where is_stale").fetchall() == []
    conn.rollback()
    assert rebuild(settings, registry)["rows_compared"] > 0


def test_so_is_a_derived_row_that_is_wrong(
    two_nights: tuple[Case, OneDatabase, Path, Path], conn: psycopg.Connection
) -> None:
    case, settings, registry, inbox = two_nights
    conn.execute(
        "update marts.mart_kpi_comparisons set value = value + 1 where unit_id = '99@2020-01-01' and value > 0"
    )
    conn.commit()
    with pytest.raises(WarehouseError, match=r"kpi_comparisons ONLINE/ONLINE-a/99@2020-01-01/.* value: kept"):
        rebuild(settings, registry)
    run_night(settings, registry, inbox, case.nights[-1])
    query = "select distinct unit_id from reporting.{} where is_stale"
    assert conn.execute(query.format("kpi_values").encode()).fetchall() == []
    assert conn.execute(query.format("kpi_comparisons").encode()).fetchall() == [("99@2020-01-01",)]


def test_a_night_before_the_newest_publication_is_refused(
    two_nights: tuple[Case, OneDatabase, Path, Path],
) -> None:
    case, settings, registry, inbox = two_nights
    with pytest.raises(WarehouseError, match=r"2025-07-17.* lies before the newest publication"):
        run_night(settings, registry, inbox, case.nights[0])
