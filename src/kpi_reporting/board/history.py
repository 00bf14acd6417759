"""How a figure came about: every published state of it, and why it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

import psycopg
from psycopg.rows import class_row
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kpi_reporting.board import words
from kpi_reporting.board.period import unknown_period
from kpi_reporting.board.screen import new_screen, print_heading
from kpi_reporting.errors import KpiReportingError

# Deletion marks have no days; the period's own stand in for them.
_ISSUES = """
select
    i.kpi_code, i.formula_code, i.unit_id, u.name_vi as unit_name_vi, i.calendar_code, i.period_code, d.last_day,
    i.revision, i.publication_id, p.as_of, i.cause, p.changed_files, i.is_removed, i.value, i.numerator,
    i.denominator, i.unit_of_measure, i.units_counted, i.units_owed, i.data_state, i.reason, i.is_stale,
    r.is_material, r.material_reasons
from reporting.kpi_value_issues as i
inner join reporting.publications as p using (publication_id)
left join reporting.units as u using (unit_id)
left join reporting.periods as d using (calendar_code, period_code)
left join reporting.restatements as r
    using (kpi_code, formula_code, unit_id, calendar_code, period_code, revision)
where
    i.kpi_code = %(kpi)s and i.formula_code = coalesce(%(formula)s, i.formula_code)
    and (u.unit_code = %(unit)s or (cast(%(unit)s as text) is null and u.parent_id is null))
order by
    d.last_day desc nulls last, d.first_day desc, i.calendar_code, i.period_code, i.formula_code, i.unit_id,
    i.revision
"""

_OF_FILES = frozenset({"formula", "unit_event", "registry"})


@dataclass(frozen=True)
class Issue:
    """One published state of a figure."""

    kpi_code: str
    formula_code: str
    unit_id: str
    unit_name_vi: str | None
    calendar_code: str
    period_code: str
    last_day: date | None
    revision: int
    publication_id: int
    as_of: datetime
    cause: str
    changed_files: list[str] | None
    is_removed: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit_of_measure: str | None
    units_counted: int | None
    units_owed: int | None
    data_state: str | None
    reason: str | None
    is_stale: bool | None
    is_material: bool | None
    material_reasons: list[str] | None


def print_history(
    conn: psycopg.Connection,
    kpi: str,
    unit: str | None = None,
    period: str | None = None,
    formula: str | None = None,
    screen: Console | None = None,
) -> None:
    """Print every issue of a KPI's figures, the top unit's by default, of the newest period by default.

    Raises:
        KpiReportingError: nothing of it was ever published.
    """
    screen = screen or new_screen()
    issues = _chosen(_read(conn, kpi, unit, formula), period)
    for (calendar, formula_code, unit_id), own in groupby(issues, key=_figure):
        states = list(own)
        unit_name = states[0].unit_name_vi or unit_id
        print_heading(screen, f"{kpi} {formula_code}: {unit_name}, {states[0].period_code} {calendar}")
        screen.print(history_table(states))


def history_table(states: Sequence[Issue]) -> Table:
    """Lay out the issues of one figure, the first one first."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("issue", justify="right", no_wrap=True)
    table.add_column("publication", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("computed from", justify="right")
    table.add_column("state")
    table.add_column("cause", ratio=1)
    for one in states:
        published = f"{one.publication_id}, {one.as_of:%Y-%m-%d %H:%M}"
        table.add_row(str(one.revision), published, _value(one), _parts(one), _state(one), _cause(one))
    return table


def _read(conn: psycopg.Connection, kpi: str, unit: str | None, formula: str | None) -> list[Issue]:
    asked = {"kpi": kpi, "unit": unit, "formula": formula}
    with conn.cursor(row_factory=class_row(Issue)) as cursor:
        issues = cursor.execute(_ISSUES, asked).fetchall()
    if not issues:
        of_unit = f" of the unit {unit}" if unit else ""
        of_formula = f" by the formula {formula}" if formula else ""
        raise KpiReportingError(
            f"Nothing was ever published for the KPI {kpi!r}{of_unit}{of_formula}; "
            "`kpi-reporting board` shows the KPIs there are."
        )
    return issues


def _chosen(issues: Sequence[Issue], period: str | None) -> list[Issue]:
    asked = issues[0].period_code if period is None else period.upper()
    chosen = [one for one in issues if one.period_code == asked]
    if not chosen:
        raise unknown_period(asked, [one.period_code for one in issues])
    return chosen


def _figure(one: Issue) -> tuple[str, str, str]:
    return one.calendar_code, one.formula_code, one.unit_id


def _value(one: Issue) -> str:
    return "–" if one.value is None else f"{words.number(one.value)} {one.unit_of_measure or ''}".rstrip()


def _parts(one: Issue) -> str:
    return " / ".join(words.number(part) for part in (one.numerator, one.denominator) if part is not None)


def _state(one: Issue) -> Text:
    if one.is_removed:
        return Text("taken away", "yellow")
    told = f"absent: {words.reason(one.reason)}" if one.data_state == "absent" else one.data_state or ""
    if one.units_owed:
        told += f", {one.units_counted} of {words.units(one.units_owed, 'unit')}"
    return Text(told).append("\nstale" if one.is_stale else "", style="yellow")


def _cause(one: Issue) -> Text:
    told = one.cause
    if one.cause in _OF_FILES and one.changed_files:
        told += f" ({words.listed([f'{name}.csv' for name in one.changed_files])})"
    text = Text(told)
    if one.is_material:
        text.append(f"\nmaterial: {', '.join(one.material_reasons or ())}", style="yellow")
    return text
