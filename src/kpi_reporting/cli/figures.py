"""Commands that look at figures: the summary of a night and its parts, the warehouse's address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from kpi_reporting.settings import OWNER_ROLE, READER_ROLE, get_settings

app = typer.Typer()
_RegistryOption = Annotated[Path | None, typer.Option(help="Registry folder. Default: the one used last.")]
_PeriodOption = Annotated[
    str | None, typer.Option(help="Period like 2025-M07, 2025-Q2, 2024-Y. Default: the latest with figures.")
]


class Role(StrEnum):
    """Who connects to the warehouse."""

    OWNER = OWNER_ROLE
    READER = READER_ROLE


@app.command()
def summary(registry: _RegistryOption = None) -> None:
    """Print how the latest night stands: who filed, what the checks found, the KPI board, what was delivered."""
    from kpi_reporting.board import print_board, print_completeness, print_deliveries, print_filings
    from kpi_reporting.cli.findings import print_findings

    with _one_state(registry) as conn:
        print_filings(conn)
        print_completeness(conn)
        print_findings(conn, None)
        print_board(conn)
        print_deliveries(conn)


@app.command()
def board(
    period: _PeriodOption = None,
    publication: Annotated[
        int | None, typer.Option(help="Figures as they stood after a past publication. Default: the latest.")
    ] = None,
    registry: _RegistryOption = None,
) -> None:
    """Print the KPI board: every KPI of the plan against its target, as published.

    A KPI that is computed for longer periods shows the newest of them that had ended by then; competing formulas
    stand below the one that is compared with the target.
    """
    from kpi_reporting.board import print_board

    with _one_state(registry) as conn:
        print_board(conn, period, publication_id=publication)


@app.command()
def history(
    kpi: Annotated[str, typer.Argument(help="Code of a KPI, like DT03.")],
    unit: Annotated[str | None, typer.Option(help="Code of a unit. Default: the province.")] = None,
    period: Annotated[str | None, typer.Option(help="Period like 2025-M07. Default: the newest.")] = None,
    formula: Annotated[str | None, typer.Option(help="Code of a formula. Default: all of the KPI.")] = None,
    registry: _RegistryOption = None,
) -> None:
    """Print every published state of a figure: its value, the publication that brought it, and why it changed."""
    from kpi_reporting.board import print_history

    with _one_state(registry) as conn:
        print_history(conn, kpi, unit, period, formula)


@app.command()
def completeness(
    as_of: Annotated[
        str | None,
        typer.Option(help="As known at this instant, like 2025-07-20T17:00. Default: as published last."),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(help="Period like 2025-M07. Default: the newest of each kind that had ended."),
    ] = None,
    registry: _RegistryOption = None,
) -> None:
    """Print how many owe each form and how many filed it, now or as it was known on any past evening.

    Only units that owe a form on the last day of the period are counted; nil reports are filed, extra filers and forms
    that do not apply stand beside.
    """
    from kpi_reporting.board import print_completeness
    from kpi_reporting.cli.instants import instant

    with _one_state(registry) as conn:
        print_completeness(conn, None if as_of is None else instant(as_of), period)


@app.command()
def findings(
    night: Annotated[
        str | None,
        typer.Option(help="As-of instant of a night, like 2025-07-17T01:00:00+07:00. Default: the latest."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Tell every cell of every rule.")] = False,
    registry: _RegistryOption = None,
) -> None:
    """Print what the checks found in a night: where, what, and what to do.

    Errors come file by file, warnings rule by rule; every single one stands in the table reporting.findings.
    """
    from kpi_reporting.cli.findings import print_findings

    with _one_state(registry) as conn:
        print_findings(conn, night, in_full=everything)


@app.command()
def dsn(
    role: Annotated[Role, typer.Option(help="Who connects.")] = Role.OWNER,
    registry: _RegistryOption = None,
) -> None:
    """Print the connection string of the warehouse in use."""
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.postgres import EmbeddedPostgres

    settings = get_settings()
    code = registry_code(settings, registry)
    typer.echo(settings.reader_dsn(code) if role is Role.READER else settings.warehouse_dsn(code))
    if settings.dsn is None and not EmbeddedPostgres(settings).is_running():
        typer.echo("The warehouse is not running: `kpi-reporting up` starts it.", err=True)


@contextmanager
def _one_state(registry: Path | None) -> Iterator[psycopg.Connection]:
    """Connect to the warehouse so that all queries see one publication."""
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect

    settings = get_settings()
    with running_warehouse(settings, registry_code(settings, registry)) as address, connect(address) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        yield conn
