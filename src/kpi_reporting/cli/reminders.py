"""The command that shows whom the reminders of a day would go to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from kpi_reporting.cli.instants import instant
from kpi_reporting.periods import ZONE, day_of
from kpi_reporting.settings import get_settings

if TYPE_CHECKING:
    from rich.console import Console

    from kpi_reporting.reminders import Digest

app = typer.Typer()


@app.command()
def reminders(
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Instant the reminders look from, like 2025-07-17T08:00:00+07:00. Default: now. "
            "It lies at most 36 hours after the last night."
        ),
    ] = None,
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the configured one.")
    ] = None,
) -> None:
    """Print who would be reminded, where, and of what; nothing is sent. The DAG send_reminders sends."""
    from kpi_reporting.board.screen import new_screen
    from kpi_reporting.registry import load_registry
    from kpi_reporting.reminders import digests_of, sent_on
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect

    settings = get_settings()
    loaded = load_registry((registry or settings.registry_dir).expanduser().absolute())
    at = instant(as_of)
    with running_warehouse(settings, loaded.code) as address, connect(address) as conn:
        digests, sent = digests_of(conn, loaded, at), sent_on(conn, day_of(at))
    print_reminders(new_screen(), digests, sent)


def print_reminders(screen: Console, digests: Sequence[Digest], sent: set[str]) -> None:
    """Print each digest: the sender, its addresses, and what it owes."""
    for digest in digests:
        screen.print(Text(f"\n{digest.unit_vi} ({digest.unit_code})", style="bold"))
        screen.print(Text(f"  {_where(digest, digest.unit_code in sent)}"))
        for one in digest.owed:
            late = ", late" if one.due_at < digest.as_of else ""
            due, lock = (f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" for at in (one.due_at, one.lock_at))
            whose = "" if one.unit_code == digest.unit_code else f" of {one.unit_vi}"
            screen.print(Text(f"  {one.form_code} {one.period_code}{whose}: due {due}{late}, locks {lock}"))
    reached = sum(bool(one.addresses) for one in digests)
    screen.print(Text(f"\n{len(digests)} senders owe and have not filed, {reached} of them have an address."))


def _where(digest: Digest, is_sent: bool) -> str:
    if is_sent:
        return "reminded already today"
    if digest.addresses:
        return f"would be sent to {', '.join(digest.addresses)}"
    more = f", {digest.unconfirmed} await confirmation" if digest.unconfirmed else ""
    return f"no address in contacts.csv{more}"
