"""Airflow's configuration: complete, quiet, and without secrets where tasks could show them."""

from __future__ import annotations

import stat
from configparser import RawConfigParser
from dataclasses import replace
from pathlib import Path

import pytest

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime import airflow
from kpi_reporting.settings import Settings, get_settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"):
        monkeypatch.delenv(name, raising=False)
    ports = tmp_path / "ports"
    ports.mkdir()
    (ports / "postgres").write_text("5544")
    (ports / "airflow").write_text("8181")
    return replace(get_settings(), home=tmp_path, dsn=None)


def configuration(settings: Settings) -> RawConfigParser:
    airflow.configure(settings)
    parser = RawConfigParser()
    assert parser.read(settings.home / "airflow" / "airflow.cfg")
    return parser


def test_services_listen_on_this_machine_only_and_tell_nobody(settings: Settings) -> None:
    written = configuration(settings)
    assert written["api"]["host"] == "127.0.0.1"
    assert written["core"]["execution_api_server_url"] == "http://127.0.0.1:8181/execution/"
    assert written["usage_data_collection"]["enabled"] == "False"
    assert written["openlineage"]["disabled"] == "True"
    told = airflow.environment(settings)
    assert told["GX_ANALYTICS_ENABLED"] == told["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert "127.0.0.1" in told["NO_PROXY"]


def test_no_secret_stands_in_the_environment_of_tasks(settings: Settings) -> None:
    configuration(settings)
    secrets = {path.read_text() for path in (settings.home / "secrets").iterdir()}
    assert len(secrets) >= 5
    environment = "\n".join(airflow.environment(settings).values())
    assert not [secret for secret in secrets if secret in environment]


@pytest.mark.parametrize("path", ["airflow/airflow.cfg", "secrets/airflow_accounts.json"])
def test_files_with_secrets_are_ours_alone(settings: Settings, path: str) -> None:
    configuration(settings)
    assert stat.S_IMODE((settings.home / path).stat().st_mode) == 0o600


def test_configuration_of_another_airflow_on_this_machine_does_not_leak_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/somewhere/else")
    monkeypatch.setenv("AIRFLOW_HOME", "/somewhere/else")
    told = airflow.environment(settings)
    assert "AIRFLOW__CORE__DAGS_FOLDER" not in told
    assert told["AIRFLOW_HOME"] == str(settings.home / "airflow")


def test_a_container_brings_its_own_configuration(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql+psycopg2://metadata/airflow")
    monkeypatch.setenv("AIRFLOW_HOME", "/var/lib/airflow")
    airflow.configure(settings)
    assert airflow.environment(settings)["AIRFLOW_HOME"] == "/var/lib/airflow"
    assert not (settings.home / "airflow" / "airflow.cfg").exists()


def test_who_signs_off_has_an_account_of_their_own(settings: Settings) -> None:
    airflow.add_account(settings, "Nguyễn Văn An")
    airflow.add_account(settings, "Nguyễn Văn An")
    assert configuration(settings)["core"]["simple_auth_manager_users"] == "admin:admin,Nguyễn Văn An:op"
    assert airflow.password(settings, "Nguyễn Văn An") != airflow.password(settings, "admin")


@pytest.mark.parametrize("name", ["", " ", "a:b", "a,b", "a|b", "100%"])
def test_a_name_that_would_break_the_list_of_accounts_is_refused(settings: Settings, name: str) -> None:
    with pytest.raises(KpiReportingError, match="cannot be the name of an account"):
        airflow.add_account(settings, name)


def test_the_reason_of_a_death_is_the_last_line_that_says_something(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    assert airflow.last_line(log) == "it wrote no log"
    log.write_text("starting\nOSError: no space\n\n  \n")
    assert airflow.last_line(log) == "OSError: no space"
