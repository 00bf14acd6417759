"""The queue of filings held after the lock, as people read it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from kpi_reporting.board.screen import new_screen, print_heading
from kpi_reporting.board.words import units
from kpi_reporting.checks import HeldFiling
from kpi_reporting.periods import minute_of

_COLUMNS = ("submission", "sender", "form", "period", "received", "file", "why, and what was decided")
_ACTS = "Decide with `kpi-reporting release NUMBER` or `kpi-reporting refuse NUMBER`; both ask who, and why."


def print_held(filings: Sequence[HeldFiling], screen: Console | None = None) -> None:
    """Print what waits, the filing received first at the top."""
    screen = screen or new_screen()
    print_heading(screen, f"Held after the lock: {units(len(filings), 'filing') if filings else 'none'}")
    if not filings:
        return
    table = Table(*_COLUMNS, box=None, padding=(0, 1))
    for one in filings:
        table.add_row(
            str(one.submission_id), one.sender_code, one.form_code, one.period_code, minute_of(one.received_at),
            one.file_name, f"{one.held_because}{_decided(one)}",
        )  # fmt: skip
    screen.print(table)
    screen.print(_ACTS)


def _decided(one: HeldFiling) -> str:
    if one.decided_at is None:
        return ""
    return f"; {one.decision} by {one.decided_by} at {minute_of(one.decided_at)}, from the next night on"
