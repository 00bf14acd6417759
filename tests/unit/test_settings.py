"""Where things are, and how secrets are kept."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from kpi_reporting.errors import KpiReportingError, WarehouseError
from kpi_reporting.settings import Settings, get_settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("KPI_DSN", "KPI_DSN_FILE", "KPI_LANDING", "KPI_REGISTRY", "KPI_INBOX", "KPI_KPI_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    return get_settings()


def test_a_fresh_checkout_needs_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KPI_HOME", "KPI_PROJECT", "KPI_REGISTRY", "KPI_LANDING", "KPI_DSN", "KPI_DSN_FILE"):
        monkeypatch.delenv(name, raising=False)
    found = get_settings()
    assert (found.project_dir / "dags").is_dir()
    assert (found.registry_dir / "units.csv").is_file()
    assert found.landing == f"file://{found.home}/landing"
    assert found.dsn is None


def test_the_home_of_root_can_be_reached_by_other_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KPI_HOME", raising=False)
    monkeypatch.setenv("KPI_PROJECT", "/root/province")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert get_settings().home.parent == Path("/var/lib/kpi-reporting")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert get_settings().home == Path("/root/province/.kpi")


def test_two_checkouts_of_root_do_not_share_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KPI_HOME", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    homes = set()
    for project in ("/a/main", "/b/main"):
        monkeypatch.setenv("KPI_PROJECT", project)
        homes.add(get_settings().home)
    assert len(homes) == 2


def test_a_secret_is_made_once_and_is_ours_alone(settings: Settings) -> None:
    first = settings.secret("kpi_password")
    assert len(first) >= 48
    assert settings.secret("kpi_password") == first != settings.secret("reporting_reader_password")
    path = settings.home / "secrets" / "kpi_password"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_setting_may_come_from_a_file(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "dsn"
    secret.write_text("postgresql://owner:p%40ss@db.example.vn:6432/postgres\n")
    monkeypatch.setenv("KPI_DSN_FILE", str(secret))
    assert get_settings().warehouse_dsn("thanh_hoa") == (
        "postgresql://owner:p%40ss@db.example.vn:6432/kpi_thanh_hoa"
    )


def test_a_setting_whose_file_is_missing_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_DSN_FILE", "/nowhere/dsn")
    with pytest.raises(KpiReportingError, match="KPI_DSN_FILE names /nowhere/dsn"):
        get_settings()


def test_readers_have_an_address_of_their_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_REPORTING_READER_PASSWORD", "a/b@c")
    external = replace(settings, dsn="postgresql://owner:secret@db.example.vn/postgres?sslmode=require")
    assert external.reader_dsn("thanh_hoa") == (
        "postgresql://reporting_reader:a%2Fb%40c@db.example.vn/kpi_thanh_hoa?sslmode=require"
    )


def test_a_warehouse_that_was_never_started_says_how_to_start_it(settings: Settings) -> None:
    with pytest.raises(WarehouseError, match="kpi-reporting up"):
        settings.warehouse_dsn("thanh_hoa")


def test_settings_pass_to_other_processes_unchanged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = replace(settings, dsn="postgresql://owner@db/postgres", landing="memory://landing")
    for name, value in given.variables().items():
        monkeypatch.setenv(name, value)
    assert get_settings() == given
