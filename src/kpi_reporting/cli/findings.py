"""The findings of a night as a table."""

from __future__ import annotations

import psycopg
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_FINDINGS = """
select
    f.severity, coalesce(f.sender_code, ''), concat_ws(' ', f.form_code, f.period_code),
    concat_ws(' ', f.file_name, f.sheet_name, f.cell, nullif(f.subject, '')), f.message_vi, f.action_vi
from quality.findings as f
where f.night_id = coalesce(%(night)s, (select c.night_id from raw.current_night as c))
order by array_position(array['error', 'warning', 'info'], f.severity), f.sender_code, f.finding_id
"""
_HEADINGS = ("severity", "sender", "form, period", "where", "what was found", "what to do")
_STYLES = {"error": "red", "warning": "yellow", "info": ""}


def print_findings(conn: psycopg.Connection, night_id: str | None) -> None:
    """Print every finding of a night, errors first; the latest night when none is named."""
    rows = conn.execute(_FINDINGS, {"night": night_id}).fetchall()
    table = Table(*_HEADINGS, title=f"{len(rows)} findings", title_justify="left")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row), style=_STYLES[row[0]])
    Console().print(table)
