"""dbt's and Airflow's own commands, in this checkout's environment: their output and their exit codes are theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kpi_reporting.settings import Settings

COMMAND = str(Path(sys.executable).parent / "kpi-reporting")


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **settings.variables()}
    return subprocess.run([COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_dbt_reaches_the_warehouse_and_says_so(settings: Settings) -> None:
    done = run(settings, "dbt", "debug", "--connection")
    assert done.returncode == 0, done.stderr
    assert "Connection test: [OK connection ok]" in done.stdout


def test_an_option_that_dbt_does_not_know_is_dbts_to_refuse(settings: Settings) -> None:
    done = run(settings, "dbt", "ls", "--no-such-option")
    assert done.returncode == 2
    assert "No such option" in done.stdout + done.stderr


def test_airflow_does_not_begin_with_a_warning_that_it_cannot_draw(settings: Settings) -> None:
    done = run(settings, "airflow", "dags", "show", "no_such_dag")
    assert done.returncode == 1
    assert "graphviz" not in done.stdout + done.stderr
