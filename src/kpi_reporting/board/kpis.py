"""The KPI board: every KPI of the plan against its target, as published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import psycopg
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kpi_reporting.board import words
from kpi_reporting.board.figures import Figure, Kpi, figures, plan, top_unit
from kpi_reporting.board.period import BoardPeriod, choose, published_periods
from kpi_reporting.board.screen import new_screen, print_heading
from kpi_reporting.errors import KpiReportingError

_PUBLICATION = """
select p.publication_id, p.as_of
from reporting.publications as p
where p.publication_id = coalesce(%s, p.publication_id)
order by p.publication_id desc limit 1
"""
_TARGET_WIDTH, _DATA_WIDTH = 20, 26
_STALE = "! stale: a check stopped the new value, so the last good one still stands."

Figures = Mapping[str, Sequence[Figure]]


def print_board(
    conn: psycopg.Connection,
    period: str | None = None,
    screen: Console | None = None,
    publication_id: int | None = None,
) -> None:
    """Print the KPIs of the top unit against their targets; the newest period of the shortest kind by default.

    A KPI that is computed for longer periods shows the newest of them that had ended by then. With
    ``publication_id`` the figures are those readers saw after it; names are today's.

    Raises:
        KpiReportingError: nothing is published, at all or for this period, or there is no such publication.
    """
    screen = screen or new_screen()
    publication = conn.execute(_PUBLICATION, (publication_id,)).fetchone()
    if publication_id is not None and publication is None:
        raise KpiReportingError(
            f"There is no publication {publication_id}; reporting.publications lists them."
        )
    at = choose(published_periods(conn, publication_id), period)
    kpis, shown = plan(conn), figures(conn, at, publication_id)
    unit = top_unit(conn, at)
    print_heading(screen, f"KPI board: {words.named(unit.name_vi, unit.confirmed)}, {at.period_code}")
    screen.print(f"{at.calendar_code} calendar, {at.first_day} to {at.last_day}; other periods are named.\n")
    screen.print(board_table(kpis, shown, at))
    screen.print(tally(kpis, shown))
    for line in _footnotes(unit.confirmed, kpis, shown):
        screen.print(line)
    if publication is not None:
        screen.print(_source(publication_id is not None, *publication))


def board_table(kpis: Sequence[Kpi], shown: Figures, at: BoardPeriod) -> Table:
    """Lay the board out: a row per KPI, its competing formulas dimmed below it."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("KPI", no_wrap=True)
    table.add_column("name, competing formulas", ratio=1)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("target", max_width=_TARGET_WIDTH)
    table.add_column("computed from", justify="right", max_width=_DATA_WIDTH)
    for kpi in kpis:
        _add_kpi(table, kpi, shown.get(kpi.kpi_code, ()), at)
        table.add_row()
    return table


def tally(kpis: Sequence[Kpi], shown: Figures) -> str:
    """Count the KPIs by how they stand."""
    primaries = [(kpi, primary(shown.get(kpi.kpi_code, ()))) for kpi in kpis]
    counts = Counter(standing(one) if one else _without_figure(kpi) for kpi, one in primaries)
    told = [f"{counts[code]} {words.status(code)[0][2:]}" for code in words.STATUSES if counts[code]]
    return f"{words.units(len(kpis), 'KPI')}: {', '.join(told)}."


def primary(own: Sequence[Figure]) -> Figure | None:
    """Return the figure that is compared with the target."""
    return next((figure for figure in own if figure.is_primary), None)


def standing(figure: Figure) -> str:
    """Return the code of how a figure stands; a target of units below is reached when each of them reaches it."""
    if figure.below_kind is None:
        return figure.target_status
    if figure.below_reached == figure.below_measured:
        return "reached"
    in_time = figure.below_reached + figure.below_on_track == figure.below_measured
    return "on_track" if in_time else "behind"


def _add_kpi(table: Table, kpi: Kpi, own: Sequence[Figure], at: BoardPeriod) -> None:
    compared = primary(own)
    others = [figure for figure in own if figure is not compared]
    name = Text(kpi.name_vi)
    if compared is None:
        status = _without_figure(kpi)
        why = "no figure published" if kpi.has_formula else words.reason(status)
        value = f"–{words.mark(kpi.confirmed)}"
        table.add_row(kpi.kpi_code, name, value, Text(*words.status(status)), f"absent: {why}")
    else:
        name.append(f"\n{_formula(compared, ', primary')}" if others else "", style="dim")
        table.add_row(kpi.kpi_code, name, _value(compared, at), _target(compared), _data(compared))
    for figure in others:
        table.add_row("", _formula(figure), _value(figure, at), "", _data(figure), style="dim")


def _without_figure(kpi: Kpi) -> str:
    return "no_data" if kpi.has_formula else "unquantified"


def _formula(figure: Figure, role: str = "") -> str:
    return f"{figure.formula_code}{role}: {figure.formula_vi or '–'}"


def _value(figure: Figure, at: BoardPeriod) -> str:
    """The value with its unit of measure; a sum over units that have a target of their own is none."""
    mark, period = words.mark(figure.confirmed), at.label_of(figure.calendar_code, figure.period_code)
    if figure.value is None or figure.below_kind is not None:
        return f"–{mark}\n{period} "
    return f"{words.number(figure.value, figure.decimals)} {figure.unit_of_measure}{mark}\n{period} "


def _target(figure: Figure) -> Text:
    told, style = words.status(standing(figure))
    if figure.below_kind is not None:
        counted = words.units(figure.below_measured, figure.below_kind)
        told = f"{told[0]} reached by {figure.below_reached} of {counted}"
    if figure.target_operator is None:
        return Text(told, style)
    aim = words.target(
        figure.target_operator,
        figure.target_value,
        figure.target_value_high,
        figure.target_year,
        figure.target_on_line,
    )
    scope = f", {figure.target_scope}" if figure.below_kind is not None else ""
    below = words.named(f"{aim}{scope}", figure.target_confirmed)
    return Text.assemble((told, style), f"\n{below}")


def _data(figure: Figure) -> Text:
    parts = [words.number(part) for part in (figure.numerator, figure.denominator) if part is not None]
    told = " / ".join(parts)
    lines = [told if len(told) <= _DATA_WIDTH else "\n/ ".join(parts), _state(figure)]
    marks = [_STALE.partition(":")[0]] if figure.is_stale else []
    if figure.newest_period != figure.period_code:
        marks.append(f"no value for {figure.newest_period}: {words.reason(figure.newest_reason)}")
    text = Text("\n".join(line for line in lines if line))
    return text.append("".join(f"\n{line}" for line in marks), style="yellow")


def _state(figure: Figure) -> str:
    state = f"absent: {words.reason(figure.reason)}" if figure.data_state == "absent" else figure.data_state
    if figure.units_owed:
        return f"{state}, {figure.units_counted} of {words.units(figure.units_owed, 'unit')}"
    return f"{state}, {words.units(figure.units_counted, 'unit')}" if figure.units_counted else state


def _footnotes(unit_confirmed: bool, kpis: Sequence[Kpi], shown: Figures) -> Iterator[str]:
    all_figures = [figure for own in shown.values() for figure in own]
    certain = [figure.confirmed and figure.target_confirmed for figure in all_figures]
    certain += [kpi.confirmed for kpi in kpis if kpi.kpi_code not in shown]
    if not (unit_confirmed and all(certain)):
        yield words.UNCONFIRMED
    if any(figure.is_stale for figure in all_figures):
        yield _STALE


def _source(is_past: bool, publication_id: int, night: datetime) -> str:
    told = f"As published: publication {publication_id}, as of {night:%Y-%m-%d %H:%M}"
    read = (
        f"function reporting.kpi_values_as_of({publication_id})" if is_past else "table reporting.kpi_values"
    )
    return f"{told}; {read}."
