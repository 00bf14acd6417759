"""Commands that enter an act of a person into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_reporting.cli.instants import instant
from kpi_reporting.settings import get_settings

app = typer.Typer()


@app.command()
def withdraw(
    submission: Annotated[
        int, typer.Argument(help="Number of the submission, as reporting.obligations has it.")
    ],
    asked_by: Annotated[str, typer.Option(help="Who of the sender asked for it.")],
    reason: Annotated[str, typer.Option(help="Why, as it was asked for.")],
    entered_by: Annotated[str, typer.Option(help="Who enters it.")],
    asked_at: Annotated[
        str | None, typer.Option(help="When it was asked for, like 2025-08-05T09:00. Default: now.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would become of it and keep nothing.")] = False,
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the one used last.")
    ] = None,
) -> None:
    """Withdraw a filing that is in force: from the next night on it counts no more, and neither do earlier ones.

    After the lock of corrections it is held like a late filing, until a row of lock_exceptions.csv allows it.
    """
    from kpi_reporting.checks import Withdrawal, record_withdrawal
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect

    settings = get_settings()
    act = Withdrawal(
        submission, asked_by.strip(), instant(asked_at, "--asked-at"), reason.strip(), entered_by.strip()
    )
    with running_warehouse(settings, registry_code(settings, registry)) as address, connect(address) as conn:
        told = record_withdrawal(conn, act)
        if dry_run:
            conn.rollback()
    what = f"Submission {submission}: {told.form_code} of {told.sender_code} for {told.period_code}, {told.file_name}."
    typer.echo(f"{'Dry run, nothing is kept. ' if dry_run else ''}{what}")
    typer.echo(told.outlook())
