"""Commands that start, stop and prepare what runs on this machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from kpi_reporting.cli.console import Console
from kpi_reporting.settings import get_settings

app = typer.Typer()
_RegistryOption = Annotated[Path | None, typer.Option(help="Registry folder. Default: the configured one.")]


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

    settings = get_settings()
    with running_server(settings):
        migrate(registry)
        airflow.configure(settings)
        airflow.prepare_metadata(settings)
    typer.echo("Airflow's metadata is up to date.")


@app.command(
    "airflow",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def run_airflow(arguments: typer.Context) -> None:
    """Run an Airflow command in this checkout's environment: `kpi-reporting airflow dags list`."""
    from kpi_reporting.runtime import airflow
    from kpi_reporting.runtime.warehouse import running_server

    settings = get_settings()
    with running_server(settings):
        airflow.configure(settings)
        airflow.prepare_metadata(settings)
        done = subprocess.run(
            airflow.command(*arguments.args), env={**os.environ, **airflow.environment(settings)}, check=False
        )
    raise typer.Exit(done.returncode)
