"""Commands that enter an act of a person into the ledger, and the queue some of them are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

from kpi_reporting.cli.instants import day, instant
from kpi_reporting.periods import minute_of
from kpi_reporting.settings import get_settings

if TYPE_CHECKING:
    from kpi_reporting.checks.held import Decision

app = typer.Typer()
_Submission = Annotated[
    int, typer.Argument(help="Number of the submission, as reporting.obligations has it.")
]
_Rule = Annotated[str, typer.Argument(help="Id of the rule, as the finding has it.")]
_Cell = Annotated[str | None, typer.Option(help="Cell of the finding, when the rule speaks of several.")]
_Enterer = Annotated[str, typer.Option("--entered-by", help="Who enters it.")]
_Decider = Annotated[str, typer.Option("--decided-by", help="Who decided.")]
_Held = Annotated[int, typer.Argument(help="Number of the submission, as `kpi-reporting held` lists it.")]
_Reason = Annotated[str, typer.Option("--reason", help="Why, as it was decided.")]
_DecidedAt = Annotated[
    str | None,
    typer.Option("--decided-at", help="When it was decided, like 2025-08-21T09:00. Default: now."),
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would become of it and keep nothing.")]
_Registry = Annotated[
    Path | None, typer.Option("--registry", help="Registry folder. Default: the one used last.")
]


@app.command()
def withdraw(
    submission: Annotated[
        int, typer.Argument(help="Number of the submission, as reporting.obligations has it.")
    ],
    asked_by: Annotated[str, typer.Option(help="Who of the sender asked for it.")],
    reason: Annotated[str, typer.Option(help="Why, as it was asked for.")],
    entered_by: _Enterer,
    asked_at: Annotated[
        str | None, typer.Option(help="When it was asked for, like 2025-08-05T09:00. Default: now.")
    ] = None,
    dry_run: _DryRun = False,
    registry: _Registry = None,
) -> None:
    """Withdraw a filing that is in force: from the next night on it counts no more, and neither do earlier ones.

    After the lock of corrections it is held like a late filing, until a row of lock_exceptions.csv allows it.
    """
    from kpi_reporting.checks import Withdrawal, record_withdrawal

    act = Withdrawal(
        submission, asked_by.strip(), instant(asked_at, "--asked-at"), reason.strip(), entered_by.strip()
    )
    with _ledger(registry) as conn:
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
    entered_by: _Enterer,
    at: Annotated[
        str | None, typer.Option(help="When it was said, like 2025-08-05T09:00. Default: now.")
    ] = None,
    cell: _Cell = None,
    registry: _Registry = None,
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
    typer.echo(f"The first night that looks from {minute_of(act.at)} or later judges it again.")


@app.command()
def waive(  # noqa: PLR0913, PLR0917 - one option per fact of the act
    submission: _Submission,
    rule: _Rule,
    reason: Annotated[str, typer.Option(help="Why the rule is waived.")],
    requested_by: Annotated[str, typer.Option(help="Who asked for it.")],
    approved_by: Annotated[str, typer.Option(help="Who approved it; not who asked.")],
    until: Annotated[str, typer.Option(help="Last day of nights that judge with it, like 2025-10-31.")],
    entered_by: _Enterer,
    at: Annotated[
        str | None, typer.Option(help="When it was approved, like 2025-08-05T09:00. Default: now.")
    ] = None,
    registry: _Registry = None,
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
    typer.echo(f"The first night that looks from {minute_of(act.at)} or later judges it again.")


@app.command()
def held(registry: _Registry = None) -> None:
    """List the filings that came after their lock and wait for a person, with what was decided since the last night."""
    from kpi_reporting.checks import read_held
    from kpi_reporting.cli.held import print_held

    with _ledger(registry) as conn:
        print_held(read_held(conn))


@app.command()
def release(
    submission: _Held,
    decided_by: _Decider,
    reason: _Reason,
    entered_by: _Enterer,
    decided_at: _DecidedAt = None,
    dry_run: _DryRun = False,
    registry: _Registry = None,
) -> None:
    """Let in a filing that is held after the lock: from the next night on it counts, and stays late."""
    _decide(submission, "released", decided_by, reason, entered_by, decided_at, dry_run, registry)


@app.command()
def refuse(
    submission: _Held,
    decided_by: _Decider,
    reason: _Reason,
    entered_by: _Enterer,
    decided_at: _DecidedAt = None,
    dry_run: _DryRun = False,
    registry: _Registry = None,
) -> None:
    """Turn away a filing that is held after the lock: the next night tells its sender, and it never counts."""
    _decide(submission, "refused", decided_by, reason, entered_by, decided_at, dry_run, registry)


def _decide(
    submission: int,
    decision: Decision,
    decided_by: str,
    reason: str,
    entered_by: str,
    decided_at: str | None,
    dry_run: bool,
    registry: Path | None,
) -> None:
    from kpi_reporting.checks import HeldDecision, record_held_decision

    at = instant(decided_at, "--decided-at")
    act = HeldDecision(submission, decision, decided_by.strip(), at, reason.strip(), entered_by.strip())
    with _ledger(registry) as conn:
        told = record_held_decision(conn, act)
        if dry_run:
            conn.rollback()
    what = f"Submission {submission}: {told.form_code} of {told.sender_code} for {told.period_code}, {told.file_name}."
    typer.echo(f"{'Dry run, nothing is kept. ' if dry_run else ''}{what}")
    effect = "it counts" if decision == "released" else "it is refused"
    typer.echo(f"From the first night that looks from {at:%Y-%m-%d %H:%M} or later {effect}.")


@contextmanager
def _ledger(registry: Path | None) -> Iterator[psycopg.Connection]:
    """Connect to the warehouse; what was entered is kept when the block ends well."""
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect

    settings = get_settings()
    with running_warehouse(settings, registry_code(settings, registry)) as address, connect(address) as conn:
        yield conn
