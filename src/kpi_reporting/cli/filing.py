"""The command for those who file: what the night will say of a file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kpi_reporting.cli.instants import instant
from kpi_reporting.settings import Settings, get_settings

app = typer.Typer()


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Files to check, as if they were filed together.")],
    sender: Annotated[
        str | None, typer.Option(help="Code of the sender, where its source says it and the file does not.")
    ] = None,
    form: Annotated[str | None, typer.Option(help="Code of the form, likewise.")] = None,
    period: Annotated[str | None, typer.Option(help="Period like 2025-M07, likewise.")] = None,
    received_at: Annotated[
        str | None,
        typer.Option(
            help="When it will be received, like 2025-07-16T09:00. Default: now, or when it was dropped."
        ),
    ] = None,
    with_inbox: Annotated[
        bool,
        typer.Option("--with-inbox", help="Look also at what waits in the inbox, and say nothing of it."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array, for programs.")] = False,
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the configured one.")
    ] = None,
    inbox: Annotated[Path | None, typer.Option(help="Folder the senders' files lie in.")] = None,
) -> None:
    """Say what the night will make of files before they are filed: accepted, refused, a duplicate, or held.

    The steps are the night's own, taken in a database beside the warehouse; nothing is kept, filed or changed.
    """
    from kpi_reporting import dry_run
    from kpi_reporting.cli.verdicts import print_verdicts
    from kpi_reporting.registry import load_registry

    settings = _settings(inbox)
    offer = dry_run.Offer(
        [path.expanduser() for path in files], instant(None),
        instant(received_at, "--received-at") if received_at else None, sender, form, period, with_inbox,
    )  # fmt: skip
    rules = load_registry((registry or settings.registry_dir).expanduser().absolute())
    verdicts = dry_run.dry_run(settings, rules, offer)
    if as_json:
        typer.echo(json.dumps([dry_run.as_json(one) for one in verdicts], ensure_ascii=False, indent=2))
    else:
        print_verdicts(verdicts)
    raise typer.Exit(0 if all(one.is_well for one in verdicts) else 1)


def _settings(inbox: Path | None) -> Settings:
    settings = get_settings()
    return replace(settings, inbox=(inbox or settings.inbox).expanduser().absolute())
