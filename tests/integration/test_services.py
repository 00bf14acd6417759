"""The real services: started, shared, stopped, killed. Nothing of them stays that nobody asked for."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from kpi_reporting.collect import Endpoint
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime import airflow, supervisor
from kpi_reporting.runtime.state import Places, read_state
from kpi_reporting.settings import Settings

AS_OF = "2025-07-17T01:00:00+07:00"
COMMAND = [str(Path(sys.executable).parent / "kpi-reporting")]
WAIT_SECONDS = 90.0


@pytest.fixture(scope="module")
def own(settings: Settings) -> Iterator[Settings]:
    """A home of this module's own."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-tests-"))
    folder.chmod(0o755)
    (folder / "inbox").mkdir()
    yield replace(settings, home=folder, inbox=folder / "inbox", landing=f"file://{folder}/landing")
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def nothing_stays(own: Settings) -> Iterator[None]:
    yield
    supervisor.down(own)
    wait_for(lambda: not processes_of(own), "all processes gone")


def processes_of(settings: Settings) -> list[str]:
    """What runs with this home folder in its environment, PostgreSQL included, whoever runs it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and str(settings.home) in " ".join(process.environ().values()):
                found.append(" ".join(process.cmdline()) or process.name())
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def wait_for(done: Callable[[], object], what: str, process: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < deadline, f"not in {WAIT_SECONDS:.0f} s: {what}"
        assert process is None or process.poll() is None, f"ended before: {what}"
        time.sleep(0.1)


def start(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **settings.variables()}
    return subprocess.Popen([*COMMAND, *arguments], env=environment, stderr=subprocess.PIPE, text=True)


def start_night(settings: Settings) -> subprocess.Popen[str]:
    return start(settings, "night", "--inbox", str(settings.inbox), "--as-of", AS_OF)


def test_up_stays_is_shared_and_ends_with_down(own: Settings) -> None:
    with socket.socket() as other:
        (own.home / "ports").mkdir(exist_ok=True)
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        (own.home / "ports" / "airflow").write_text(str(taken))
        up = start(own, "up")
        assert up.wait(WAIT_SECONDS) == 0
    assert own.port("airflow") != taken
    assert supervisor.is_up(own)
    with supervisor.services(own) as shared:
        assert not shared.started
        client = shared.wait_until_ready()
        client.set_connection("sender_api", Endpoint("http://127.0.0.1:9", "token"))
        assert client.import_errors() == {}
    assert supervisor.is_up(own)
    assert supervisor.down(own)
    assert processes_of(own) == []
    assert not supervisor.down(own)


@pytest.mark.parametrize("step", ["PostgreSQL", "Airflow's metadata", "Airflow's api-server"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_when_the_start_is_interrupted(
    own: Settings, step: str, number: signal.Signals
) -> None:
    if step == "Airflow's metadata":
        (own.home / "airflow" / "migrated").unlink(missing_ok=True)
    Places(own.home).state.unlink(missing_ok=True)
    up = start(own, "up")
    wait_for(lambda: read_state(Places(own.home)).step == step, step, up)
    up.send_signal(number)
    _, said = up.communicate(timeout=WAIT_SECONDS)
    assert "Traceback" not in said
    if number == signal.SIGKILL:  # who was killed could not wait for the services' end
        wait_for(lambda: not processes_of(own), "all processes gone")
    assert processes_of(own) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_night_ends_its_runs_and_services(own: Settings, number: signal.Signals) -> None:
    night = start_night(own)
    logs = airflow.log_folder(own)
    shutil.rmtree(logs, ignore_errors=True)
    wait_for(lambda: list(logs.glob("dag_id=collect_submissions/*/task_id=open_night")), "a task runs", night)
    night.send_signal(number)
    _, said = night.communicate(timeout=WAIT_SECONDS)
    assert night.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert "Traceback" not in said
    assert processes_of(own) == []
    with supervisor.services(own) as again:
        client = again.wait_until_ready()
        assert client.runs("collect_submissions", "night__", "running", "queued") == []


def test_a_service_that_dies_is_named_with_its_log(own: Settings) -> None:
    with supervisor.services(own) as running:
        running.wait_until_ready()
        scheduler = next(
            one
            for one in psutil.process_iter()
            if _is_scheduler_of(one, own) and one.parent().name() != "airflow"
        )
        scheduler.kill()
        wait_for(lambda: read_state(Places(own.home)).state == "failed", "the death is seen")
        with pytest.raises(
            KpiReportingError, match=r"scheduler ended by itself \(code -9\): .* \(log: .*/scheduler\.log\)"
        ):
            running.check()
    assert processes_of(own) == []


def test_a_dag_file_that_cannot_be_read_is_named(own: Settings, tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "collect_submissions.py").write_text(
        "from airflow.sdk import dag\nraise ValueError('broken on purpose')\n"
    )
    broken = replace(own, project_dir=tmp_path, registry_dir=own.registry_dir)
    night = start(broken, "night", "--registry", str(own.registry_dir), "--inbox", str(own.inbox))
    _, said = night.communicate(timeout=WAIT_SECONDS)
    assert night.returncode == 2
    assert re.search(
        r"The DAG file .*collect_submissions\.py cannot be read: ValueError: broken on purpose", said
    )
    assert processes_of(own) == []


def _is_scheduler_of(process: psutil.Process, settings: Settings) -> bool:
    try:
        return process.cmdline()[1:4] == ["-m", "airflow", "scheduler"] and (
            process.environ().get("KPI_HOME") == str(settings.home)
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False
