"""Commands that start, stop and prepare what runs on this machine, and other tools' commands in its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kpi_reporting.cli.console import Console
from kpi_reporting.settings import get_settings

app = typer.Typer()
_RegistryOption = Annotated[Path | None, typer.Option(help="Registry folder. Default: the configured one.")]
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command()
def up() -> None:
    """Start Airflow and the warehouse and keep them running until `down`."""
    from kpi_reporting.runtime import airflow, supervisor

    settings = get_settings()
    supervisor.up(settings, Console().tell)
    typer.echo(f"Airflow:    {airflow.url(settings)}")
    typer.echo(f"sign in as: {airflow.ADMIN}, password {airflow.password(settings, airflow.ADMIN)}")
    typer.echo("warehouse:  kpi-reporting dsn --role reporting_reader")
    typer.echo("stop:       kpi-reporting down")


@app.command()
def down() -> None:
    """Stop everything that runs for this checkout."""
    from kpi_reporting.runtime import supervisor

    stopped = supervisor.down(get_settings())
    typer.echo("Everything is stopped." if stopped else "Nothing was running.")


@app.command()
def migrate(registry: _RegistryOption = None) -> None:
    """Create a registry's warehouse when it is missing and bring its tables up to date."""
    from kpi_reporting.registry import load_registry
    from kpi_reporting.runtime.warehouse import running_warehouse

    settings = get_settings()
    code = load_registry(registry or settings.registry_dir).code
    with running_warehouse(settings, code):
        typer.echo(f"The warehouse kpi_{code} is up to date.")


@app.command()
def prepare(registry: _RegistryOption = None) -> None:
    """Bring everything up to date before services start: the warehouse and Airflow's metadata."""
    from kpi_reporting.runtime import airflow
    from kpi_reporting.runtime.warehouse import running_server
    from kpi_reporting.stores import refuse_unusable

    settings = get_settings()
    refuse_unusable(settings)
    with running_server(settings):
        migrate(registry)
        airflow.configure(settings)
        airflow.prepare_metadata(settings)
    typer.echo("Airflow's metadata is up to date.")


@app.command("airflow", context_settings=_PASSED_ON)
def run_airflow(arguments: typer.Context) -> None:
    """Run an Airflow command in this checkout's environment: `kpi-reporting airflow dags list`."""
    from kpi_reporting.runtime import airflow
    from kpi_reporting.runtime.warehouse import running_server

    settings = get_settings()
    with running_server(settings):
        airflow.configure(settings)
        airflow.prepare_metadata(settings)
        _run_in_its_place(airflow.command(*arguments.args), airflow.environment(settings))


@app.command("dbt", context_settings=_PASSED_ON)
def run_dbt(arguments: typer.Context) -> None:
    """Run dbt on the warehouse of the registry used last: `kpi-reporting dbt test --select staging`."""
    from kpi_reporting import transform
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse

    settings = get_settings()
    code = registry_code(settings, None)
    with running_warehouse(settings, code):
        _run_in_its_place(
            [sys.executable, "-m", "dbt.cli.main", *arguments.args], transform.dbt_environment(settings, code)
        )


def _run_in_its_place(command: list[str], environment: dict[str, str]) -> NoReturn:
    """Run another tool's command line as it would run alone: its own output, its own exit code."""
    done = subprocess.run(command, env={**os.environ, **environment}, check=False)
    raise typer.Exit(done.returncode)
