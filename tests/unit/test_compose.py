"""The production set-up, as far as files can show it: no container engine is needed here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LONG_RUNNING = sorted(SERVICES.keys() - {"init"})
EXACT_TAG = re.compile(r"^[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9.]+)*$")
SECRET_WORDS = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|DSN|CONN\b|BROKER|RESULT_BACKEND|CREDENTIALS")
NOT_SECRET = {"AIRFLOW__SECRETS__BACKEND", "AIRFLOW__SECRETS__BACKEND_KWARGS"}


def run_entrypoint(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the entrypoint with stand-ins for the programs it hands over to."""
    for program in ("airflow", "kpi-reporting"):
        stand_in = folder / program
        stand_in.write_text('#!/bin/sh\necho "$(basename "$0") $*"\nenv | grep "^AIRFLOW__" || true\n')
        stand_in.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", **settings}
    command = ["sh", str(PROJECT / "docker/entrypoint.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", SERVICES)
def test_image_is_pinned_to_an_exact_version(name: str) -> None:
    assert EXACT_TAG.match(SERVICES[name]["image"])


def test_image_of_ours_carries_the_version_of_the_project() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert SERVICES["worker"]["image"] == f"{project['name']}:{project['version']}"


def test_dockerfile_starts_from_one_exact_version() -> None:
    bases = re.findall(r"^FROM (\S+)", (PROJECT / "docker/Dockerfile").read_text(), re.MULTILINE)
    assert len(set(bases)) == 1
    assert EXACT_TAG.match(bases[0])


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_service_has_limits_and_no_privileges(name: str) -> None:
    limits = SERVICES[name]["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= limits.keys()
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_environment_names_files_instead_of_secrets(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    plain = {key for key in environment if SECRET_WORDS.search(key)} - NOT_SECRET
    assert {key for key in plain if not environment[key].startswith("/run/secrets/")} == set()
    assert not [value for value in environment.values() if re.search(r"://[^/]*:[^/]*@", value)]


@pytest.mark.parametrize("name", SERVICES)
def test_service_mounts_every_secret_it_names(name: str) -> None:
    named = set(re.findall(r"/run/secrets/([\w.]+)", json.dumps(SERVICES[name])))
    assert named == set(SERVICES[name].get("secrets", []))


def test_script_writes_every_declared_secret_once(tmp_path: Path) -> None:
    script = ["sh", str(PROJECT / "docker/new_secrets.sh"), str(tmp_path)]
    subprocess.run(script, check=True)
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}
    subprocess.run(script, check=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == first
    assert {f"docker/secrets/{name}" for name in first} == {s["file"] for s in COMPOSE["secrets"].values()}
    assert first["warehouse_password"].strip() in first["warehouse_dsn"]


def test_only_the_user_interface_and_the_readers_port_are_published() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "api-server": ["${KPI_BIND_ADDRESS:-127.0.0.1}:${KPI_UI_PORT:-8080}:8080"],
        "warehouse": ["${KPI_BIND_ADDRESS:-127.0.0.1}:${KPI_READER_PORT:-5432}:5432"],
    }


def test_only_workers_have_a_way_out() -> None:
    networks = COMPOSE["networks"]
    open_networks = {name for name, network in networks.items() if not network}
    assert networks["internal"] == {"internal": True}
    assert open_networks == {"egress"}
    assert {name for name, service in SERVICES.items() if "egress" in service["networks"]} == {"worker"}
    assert all("internal" in service["networks"] for service in SERVICES.values())


def test_entrypoint_reads_secret_files_and_runs_the_ordinary_command(tmp_path: Path) -> None:
    secret = tmp_path / "metadata_url"
    secret.write_text("postgresql://somewhere\n")
    done = run_entrypoint(
        tmp_path, "board", "--period", "2025-M07", AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_FILE=str(secret)
    )
    assert done.stdout.splitlines() == [
        "kpi-reporting board --period 2025-M07",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=postgresql://somewhere",
    ]
    assert run_entrypoint(tmp_path, "airflow", "scheduler").stdout == "airflow scheduler\n"


def test_entrypoint_names_the_secret_file_it_cannot_read(tmp_path: Path) -> None:
    done = run_entrypoint(tmp_path, "board", AIRFLOW__CORE__FERNET_KEY_FILE="/run/secrets/none")
    assert done.returncode == 2
    assert "cannot read its secret file /run/secrets/none" in done.stderr
