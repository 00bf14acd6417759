"""Commands that enter an act of a person into the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from kpi_reporting.cli.instants import day, instant
from kpi_reporting.periods import ZONE
from kpi_reporting.settings import get_settings

app = typer.Typer()
_Submission = Annotated[
    int, typer.Argument(help="Number of the submission, as reporting.obligations has it.")
]
_Rule = Annotated[str, typer.Argument(help="Id of the rule, as the finding has it.")]
_EnteredBy = Annotated[str, typer.Option(help="Who enters it.")]
_Cell = Annotated[str | None, typer.Option(help="Cell of the finding, when the rule speaks of several.")]
_RegistryOption = Annotated[Path | None, typer.Option(help="Registry folder. Default: the one used last.")]


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


@app.command()
def explain(
    submission: _Submission,
    rule: _Rule,
    reason: Annotated[str, typer.Option(help="Why the value is right, in the words of the sender.")],
    explained_by: Annotated[str, typer.Option(help="Who of the sender says so.")],
    entered_by: _EnteredBy,
    at: Annotated[
        str | None, typer.Option(help="When it was said, like 2025-08-05T09:00. Default: now.")
    ] = None,
    cell: _Cell = None,
    registry: _RegistryOption = None,
) -> None:
    """Explain a value that a rule warned of: the next night judges the filing again and does not stop at it.

    The reason is bound to the value. A filing with another one has to be explained anew.
    """
    from kpi_reporting.checks import Explanation, record_explanation

    act = Explanation(
        submission, rule, reason.strip(), explained_by.strip(), instant(at, "--at"), entered_by.strip(), cell
    )
    with _ledger(registry) as conn:
        about = record_explanation(conn, act)
    typer.echo(
        f"Submission {submission}: {about.filing}. {rule} at {about.cell or about.subject} is explained."
    )
    typer.echo(f"The first night that looks from {_local(act.at)} or later judges it again.")


@app.command()
def waive(  # noqa: PLR0913, PLR0917 - one option per fact of the act
    submission: _Submission,
    rule: _Rule,
    reason: Annotated[str, typer.Option(help="Why the rule is waived.")],
    requested_by: Annotated[str, typer.Option(help="Who asked for it.")],
    approved_by: Annotated[str, typer.Option(help="Who approved it; not who asked.")],
    until: Annotated[str, typer.Option(help="Last day of nights that judge with it, like 2025-10-31.")],
    entered_by: _EnteredBy,
    at: Annotated[
        str | None, typer.Option(help="When it was approved, like 2025-08-05T09:00. Default: now.")
    ] = None,
    registry: _RegistryOption = None,
) -> None:
    """Waive a rule for the sender of a filing until a day: it speaks all the same, and stops none of its filings.

    The next night judges the filing again. An expired waiver counts no more.
    """
    from kpi_reporting.checks import Waiver, record_waiver

    act = Waiver(
        submission, rule, reason.strip(), requested_by.strip(), approved_by.strip(), instant(at, "--at"),
        day(until, "--until"), entered_by.strip(),
    )  # fmt: skip
    with _ledger(registry) as conn:
        about = record_waiver(conn, act)
    typer.echo(
        f"Submission {submission}: {about.filing}. {rule} is waived for its sender until {act.until_day}."
    )
    typer.echo(f"The first night that looks from {_local(act.at)} or later judges it again.")


@contextmanager
def _ledger(registry: Path | None) -> Iterator[psycopg.Connection]:
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect

    settings = get_settings()
    with running_warehouse(settings, registry_code(settings, registry)) as address, connect(address) as conn:
        yield conn


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
