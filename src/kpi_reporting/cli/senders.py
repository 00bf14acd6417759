"""Commands that make what senders are given."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kpi_reporting.cli.instants import day as parsed_day
from kpi_reporting.cli.instants import instant
from kpi_reporting.periods import day_of
from kpi_reporting.settings import get_settings

app = typer.Typer()


@app.command()
def answer(
    submission: Annotated[
        int, typer.Argument(help="Number of the submission, as reporting.obligations has it.")
    ],
    to: Annotated[
        str | None,
        typer.Option(help="Folder or address to write to. Default: KPI_ANSWERS, else the home folder."),
    ] = None,
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the one used last.")
    ] = None,
) -> None:
    """Write the answer to a sender: a page about its filing, and its workbook with the faulty cells marked.

    A filing that came from a program is answered with JSON. Every night answers what it settled without being asked.
    """
    from kpi_reporting.answers import answer_submission
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect

    settings = get_settings()
    code = registry_code(settings, registry)
    with running_warehouse(settings, code) as address, connect(address) as conn:
        for place in answer_submission(conn, code, to or settings.answers_url, submission):
            typer.echo(place)


@app.command()
def templates(
    to: Annotated[Path, typer.Option(help="Folder to write into; files of the same name are replaced.")],
    day: Annotated[
        str | None, typer.Option(help="Forms and units as of this day, like 2025-07-15. Default: today.")
    ] = None,
    form: Annotated[str | None, typer.Option(help="One form only, like HS-01.")] = None,
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the configured one.")
    ] = None,
) -> None:
    """Write the workbooks senders fill in: one per form, and one per unit that owes it with the unit filled in."""
    from kpi_reporting.registry import load_registry
    from kpi_reporting.templates import write_templates

    folder = to.expanduser().absolute()
    loaded = load_registry(registry or get_settings().registry_dir)
    written = write_templates(loaded, _day(day), folder, form)
    for name, count in written.files.items():
        typer.echo(f"{folder / name}: {count} workbooks")
    if written.left_out:
        typer.echo(f"Without a template, since their workbooks are TCVN3: {', '.join(written.left_out)}.")


def _day(text: str | None) -> date:
    if text is None:
        return day_of(instant(None))
    return parsed_day(text, "--day")
