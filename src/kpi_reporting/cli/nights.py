"""Commands around a night: run it, check its registry, look up its calendar."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from kpi_reporting.cli.console import Console
from kpi_reporting.cli.instants import instant
from kpi_reporting.settings import get_settings

app = typer.Typer()


@app.command()
def night(
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the configured one.")
    ] = None,
    inbox: Annotated[Path | None, typer.Option(help="Folder the senders' files lie in.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Instant the night looks from, like 2025-07-17T01:00:00+07:00. Default: now."),
    ] = None,
    approve_as: Annotated[
        str | None,
        typer.Option(help="Sign off in this person's name. Default: the publication waits for a signature."),
    ] = None,
) -> None:
    """Run one night: collect, check, compute, publish, sign off, deliver.

    Airflow and the warehouse are started when they are not running, and then stopped again. A second night goes on
    from the first; the same night twice changes nothing.
    """
    from kpi_reporting.runtime.night_run import run_night

    settings = get_settings()
    console = Console()
    outcome = run_night(
        settings,
        (registry or settings.registry_dir).expanduser().absolute(),
        (inbox or settings.inbox).expanduser().absolute(),
        instant(as_of),
        approve_as,
        console.tell,
    )
    console.sum_up(outcome)
    raise typer.Exit(0 if outcome.succeeded else 1)


@app.command()
def rebuild(
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the configured one.")
    ] = None,
    publication: Annotated[
        int | None, typer.Option(help="Compute the night of this publication again, as readers saw it then.")
    ] = None,
) -> None:
    """Compute everything again beside the warehouse and compare it cell by cell; nothing readers see is changed."""
    from kpi_reporting import night as steps
    from kpi_reporting.runtime.warehouse import running_server

    folder = (registry or get_settings().registry_dir).expanduser().absolute()
    with running_server(get_settings()):
        told = (
            steps.rebuild({"registry": str(folder)})
            if publication is None
            else steps.replay(folder, publication)
        )
    nothing = "Nothing was published yet: there is nothing to compare."
    typer.echo(
        f"{told['rows_compared']:,} rows compared, none differs." if told["rows_compared"] else nothing
    )


@app.command()
def recompute(
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the one used last.")
    ] = None,
) -> None:
    """Have the next night compute everything, not only what changed; readers see what comes out otherwise."""
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect
    from kpi_reporting.warehouse.computations import compute_everything_next

    settings = get_settings()
    with running_warehouse(settings, registry_code(settings, registry)) as address, connect(address) as conn:
        compute_everything_next(conn)
    typer.echo("The next night computes everything.")


@app.command("check-registry")
def check_registry(folder: Annotated[Path, typer.Argument(help="Registry folder.")]) -> None:
    """Validate a registry as a whole; every problem is told with file, row and column."""
    from kpi_reporting.registry import load_registry

    registry = load_registry(folder.expanduser().absolute())
    unconfirmed = sum(
        not getattr(row, "confirmed", True) for rows in vars(registry).values() for row in _rows(rows)
    )
    typer.echo(
        f"{registry.code}: {len(registry.units)} units, {len(registry.forms)} form versions, "
        f"{len(registry.kpis)} KPIs, {len(registry.sources)} sources; no problem found, "
        f"{unconfirmed} rows await confirmation."
    )


@app.command()
def periods(
    calendar: Annotated[str, typer.Argument(help="Calendar of the registry: administrative or civil.")],
    year: Annotated[int, typer.Argument(min=1900, max=2999)],
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the configured one.")
    ] = None,
) -> None:
    """Print a year's periods as CSV: period, first day, last day, and the day reports are due nationally."""
    from kpi_reporting.periods import national_due_day, periods_of_year
    from kpi_reporting.registry import load_registry

    rules = load_registry(registry or get_settings().registry_dir)
    found = periods_of_year(rules, calendar, year)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["period", "first_day", "last_day", "due_day"])
    for period in found:
        writer.writerow(
            [period.code, period.first_day, period.last_day, national_due_day(rules, period) or ""]
        )


def _rows(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
