"""How complete the filings are, now or as they were known at an instant; who filed nothing of what was due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import psycopg
from psycopg.rows import class_row
from rich.console import Console
from rich.table import Table

from kpi_reporting.board import words
from kpi_reporting.board.period import NOTHING_PUBLISHED, unknown_period
from kpi_reporting.board.screen import labelled, new_screen, print_heading, print_indented

_KNOWN_AS_OF = (
    "select max(p.as_of) from reporting.publications as p where %s::timestamptz is null or p.as_of <= %s"
)

# The newest period of each kind that had ended, or the one that is asked for.
_PERIODS = """
select p.calendar_code, p.period_code, p.last_day
from reporting.periods as p
where
    p.period_code = %(period)s
    or %(period)s is null and p.last_day = (
        select max(q.last_day) from reporting.periods as q
        where
            q.calendar_code = p.calendar_code and q.period_kind = p.period_kind
            and q.last_day < cast(%(known)s::timestamptz at time zone 'Asia/Ho_Chi_Minh' as date)
    )
"""

_ROWS = """
with shown as ({periods})

select
    c.form_code, c.period_code, c.unit_kind, g.name_vi as group_vi, g.parent_id is null as is_whole, c.owed, c.filed,
    c.filed_on_time, c.filed_late, c.nil, c.open, c.late, c.held, c.blocked, c.missing, c.not_applicable, c.extra,
    c.share_filed
from {completeness} as c
inner join shown as s using (calendar_code, period_code)
inner join reporting.units as g on g.unit_id = c.group_unit_id
order by s.last_day desc, c.calendar_code, c.period_code, c.form_code, c.unit_kind, g.sort_key
"""

_SILENT = """
with shown as ({periods})

select u.name_vi
from {obligations} as o
inner join shown as s using (calendar_code, period_code)
inner join reporting.units as u using (unit_id)
where o.state in ('late', 'missing', 'nil', 'provisional', 'approved', 'exported', 'restated', 'held', 'blocked')
group by u.unit_id, u.name_vi, u.sort_key
having bool_and(o.state in ('late', 'missing'))
order by u.sort_key
"""

_KNOWN_PERIODS = "select distinct period_code from {obligations} order by period_code desc"

_COUNTS = (
    ("owed", "owed"), ("filed", "filed"), ("filed_on_time", "on time"), ("filed_late", "late"), ("nil", "nil"),
    ("open", "open"), ("late", "overdue"), ("held", "held"), ("blocked", "blocked"), ("missing", "missing"),
    ("not_applicable", "n/a"), ("extra", "extra"),
)  # fmt: skip


@dataclass(frozen=True)
class Completeness:
    """One form, period and kind of unit below one group: how many owe it and how these stand."""

    form_code: str
    period_code: str
    unit_kind: str
    group_vi: str
    is_whole: bool
    owed: int
    filed: int
    filed_on_time: int
    filed_late: int
    nil: int
    open: int
    late: int
    held: int
    blocked: int
    missing: int
    not_applicable: int
    extra: int
    share_filed: Decimal | None


def print_completeness(
    conn: psycopg.Connection,
    as_of: datetime | None = None,
    period: str | None = None,
    screen: Console | None = None,
) -> None:
    """Print completeness as published last, or as it was known at an instant, for the newest ended periods or one.

    Raises:
        PeriodError: nobody owed anything for the period by then.
    """
    screen = screen or new_screen()
    known = _known_as_of(conn, as_of)
    print_heading(screen, f"Completeness: {f'known on {known:%Y-%m-%d %H:%M}' if known else 'nothing known'}")
    if known is None:
        screen.print(NOTHING_PUBLISHED if as_of is None else "No night had looked by then.")
        return
    asked = {"instant": as_of, "known": known, "period": period.upper() if period else None}
    rows = _rows(conn, asked)
    if not rows and period:
        raise unknown_period(period.upper(), _known_periods(conn, asked))
    screen.print(completeness_table([row for row in rows if row.is_whole]))
    print_indented(screen, _nothing_there(rows, _silent(conn, asked)))


def completeness_table(rows: Sequence[Completeness]) -> Table:
    """Lay out one line per form, period and kind of unit; what is owed is filed, open or one of the faults."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("form", "period", "units"):
        table.add_column(heading, no_wrap=True)
    for _, heading in _COUNTS:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("filed of owed", justify="right", no_wrap=True)
    for row in rows:
        counts = (str(getattr(row, name)) for name, _ in _COUNTS)
        kind = row.unit_kind.replace("_", " ")
        table.add_row(row.form_code, row.period_code, kind, *counts, words.share(row.share_filed))
    return table


def _nothing_there(rows: Sequence[Completeness], silent: Sequence[str]) -> Iterator[Table]:
    for row in rows:
        if not row.is_whole and row.owed and not row.filed and row.owed > row.open:
            label = f"{row.form_code} {row.period_code}, nothing filed below:"
            yield labelled(label, f"{row.group_vi} ({words.units(row.owed, row.unit_kind)})", "red")
    if silent:
        yield labelled("Filed nothing of what was due:", words.listed(silent), "red")


def _known_as_of(conn: psycopg.Connection, as_of: datetime | None) -> datetime | None:
    row = conn.execute(_KNOWN_AS_OF, (as_of, as_of)).fetchone()
    return row[0] if row else None


def _rows(conn: psycopg.Connection, asked: Mapping[str, object]) -> list[Completeness]:
    query = _ROWS.format(periods=_PERIODS, completeness=_source("completeness", asked))
    with conn.cursor(row_factory=class_row(Completeness)) as cursor:
        return cursor.execute(query.encode(), asked).fetchall()


def _silent(conn: psycopg.Connection, asked: Mapping[str, object]) -> list[str]:
    query = _SILENT.format(periods=_PERIODS, obligations=_source("obligations", asked))
    return [name for (name,) in conn.execute(query.encode(), asked).fetchall()]


def _known_periods(conn: psycopg.Connection, asked: Mapping[str, object]) -> list[str]:
    query = _KNOWN_PERIODS.format(obligations=_source("obligations", asked))
    return [code for (code,) in conn.execute(query.encode(), asked).fetchall()]


def _source(table: str, asked: Mapping[str, object]) -> str:
    return f"reporting.{table}_as_of(%(instant)s)" if asked["instant"] else f"reporting.{table}"
