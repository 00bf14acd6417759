"""The command that lists what was kept out and is not made good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_reporting.settings import get_settings

app = typer.Typer()
_ROWS = """
select
    q.submission_id, q.state, coalesce(q.sender_code, ''), concat_ws(' ', q.form_code, q.period_code), q.file_name,
    concat_ws('!', q.sheet_name, q.cell), q.rule_id, coalesce(q.raw_text, '')
from quality.quarantine as q
where
    (%(everything)s or q.state = 'waiting')
    and (%(sender)s::text is null or q.sender_code = %(sender)s)
    and (%(form)s::text is null or q.form_code = %(form)s)
order by q.submission_id, q.finding_id
"""
_COLUMNS = ("submission", "state", "sender", "about", "file", "cell", "rule", "what stands there")
_REPLAY = (
    "After mending what was at fault here – a field map, a rule, a unit – read one again: "
    "`kpi-reporting airflow dags trigger replay_submission --conf '{\"submission\": NUMBER}'`."
)


@app.command()
def quarantine(
    sender: Annotated[str | None, typer.Option(help="Code of a sender. Default: all.")] = None,
    form: Annotated[str | None, typer.Option(help="Code of a form, like HS-01. Default: all.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was made good, replaced or judged again since.")
    ] = False,
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the one used last.")
    ] = None,
) -> None:
    """List the rows and files that were kept out: payload, cell, what stands there, the rule, and what became of it."""
    from rich.table import Table

    from kpi_reporting.board.screen import new_screen, print_heading
    from kpi_reporting.runtime.last_registry import registry_code
    from kpi_reporting.runtime.warehouse import running_warehouse
    from kpi_reporting.warehouse import connect

    settings, screen = get_settings(), new_screen()
    asked = {"sender": sender, "form": form, "everything": everything}
    with running_warehouse(settings, registry_code(settings, registry)) as address, connect(address) as conn:
        rows = conn.execute(_ROWS, asked).fetchall()
    print_heading(screen, f"Kept out: {len(rows)} {'fault' if len(rows) == 1 else 'faults'}")
    if rows:
        table = Table(*_COLUMNS, box=None, padding=(0, 1))
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        screen.print(table)
        screen.print(_REPLAY)
