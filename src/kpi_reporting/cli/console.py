"""What a person sees while a night runs, and at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console as Screen
from rich.markup import escape

if TYPE_CHECKING:
    from kpi_reporting.runtime.night_run import NightOutcome
    from kpi_reporting.runtime.progress import Progress

_STYLES = {"success": "green", "failed": "red", "waiting": "yellow", "skipped": "dim", "running": "dim"}
_LOOK = "Look at it: `kpi-reporting summary` (who filed, findings, KPI board, deliveries)."
_APPROVALS = {
    "approved": "Signed off and handed to the delivery.",
    "waiting": "The publication waits for a signature: `kpi-reporting up`, then Required Actions in Airflow's pages.",
    "none": "Nothing new to sign off.",
}


class Console:
    """Writes progress to standard error, so that standard output stays the command's own."""

    def __init__(self) -> None:
        self._screen = Screen(stderr=True, highlight=False, soft_wrap=True)

    def tell(self, progress: Progress) -> None:
        """Write one line: where, what, how it went."""
        if progress.state == "running" and not self._screen.is_terminal:
            return
        style = _STYLES[progress.state]
        seconds = f"{progress.seconds:6.1f} s" if progress.seconds is not None else " " * 8
        detail = f"  {progress.detail}" if progress.detail else ""
        line = f"{progress.stage:20} {progress.step:42} {progress.state:8} {seconds}{detail}"
        self._screen.print(f"[{style}]{escape(line)}[/{style}]")

    def sum_up(self, outcome: NightOutcome) -> None:
        """Write how the night ended: failing senders, failures, sign-off."""
        if outcome.failed_senders:
            names = ", ".join(failure.map_name for failure in outcome.failed_senders)
            self._screen.print(
                f"[yellow]{escape(f'Not collected (the reasons stand above): {names}.')}[/yellow]"
            )
        for failure in outcome.failures:
            self._screen.print(f"[red]{escape(str(failure))}[/red]")
        if outcome.succeeded:
            self._screen.print(_APPROVALS[outcome.approval])
        self._screen.print(f"Night {outcome.run_id}: {'done' if outcome.succeeded else 'failed'}.")
        self._screen.print(_LOOK)
