"""Who filed: per form and period how the obligations stand, and what a night collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import psycopg
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kpi_reporting.board import words
from kpi_reporting.board.obligations import (
    Obligation,
    Payload,
    Uncollected,
    collected,
    known_periods,
    last_night,
    not_collected,
    obligations,
)
from kpi_reporting.board.period import NOTHING_PUBLISHED, unknown_period
from kpi_reporting.board.screen import labelled, new_screen, print_heading, print_indented

_BAR = {
    "on_time": ("█", "green"),
    "late": ("▓", "yellow"),
    "held": ("▒", "magenta"),
    "blocked": ("▒", "red"),
    "overdue": ("░", "red"),
    "missing": ("░", "red"),
    "open": ("·", "dim"),
}
_LEGEND = (
    "█ on time  ▓ late  ▒ held or blocked  ░ overdue or missing  · not yet due; nil reports count as filed"
)
_NAMED = {
    "missing": "red",
    "overdue": "red",
    "blocked": "red",
    "held": "magenta",
    "not_applicable": "dim",
    "extra": "cyan",
}
_STATES = (
    "accepted",
    "rejected",
    "held",
    "refused",
    "duplicate",
    "superseded",
    "withdrawn",
    "unpacked",
    "read",
    "received",
)


def print_filings(conn: psycopg.Connection, period: str | None = None, screen: Console | None = None) -> None:
    """Print who filed for a period, or for the periods the last night is about, and what that night collected.

    Raises:
        KpiReportingError: no night has run, or nobody owes anything for this period.
    """
    screen = screen or new_screen()
    night, known = last_night(conn), known_periods(conn)
    asked = period.upper() if period is not None else None
    if asked is not None and asked not in known:
        raise unknown_period(asked, known)
    print_heading(screen, f"Who filed: {asked or f'night of {night.as_of:%Y-%m-%d %H:%M}'}")
    if known:
        _print_obligations(screen, obligations(conn, night, asked))
    else:
        screen.print(NOTHING_PUBLISHED)
    _print_collection(screen, collected(conn, night), not_collected(conn, night))


def filings_table(owed: Sequence[Obligation]) -> Table:
    """Lay out how many owe a form for a period, and how they stand."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("form", no_wrap=True)
    table.add_column("name", ratio=1)
    table.add_column("period", max_width=9)
    table.add_column("due", no_wrap=True)
    for heading in ("owed", "on time", "late", "nil", "held", "blocked", "silent"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("filed", no_wrap=True)
    usual = Counter(one.calendar_code for one in owed).most_common(1)
    for group in by_form(owed):
        table.add_row(*_cells(group, usual[0][0]))
    return table


def by_form(owed: Iterable[Obligation]) -> Iterator[list[Obligation]]:
    """Group obligations that come in order by form and period."""
    for _, group in groupby(owed, key=lambda one: (one.calendar_code, one.period_code, one.form_code)):
        yield list(group)


def bar_cells(counts: Sequence[int], width: int = 12) -> list[int]:
    """Divide a bar among counts as they stand to each other; whoever counts at all is seen."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    cells = [max(1, width * count // total) if count else 0 for count in counts]
    while (spare := width - sum(cells)) != 0:
        lacking = [count * width - cell * total for count, cell in zip(counts, cells, strict=True)]
        if spare > 0:
            cells[lacking.index(max(lacking))] += 1
        else:
            widest = [lack if cell > 1 else total * width for lack, cell in zip(lacking, cells, strict=True)]
            cells[widest.index(min(widest))] -= 1
    return cells


def _print_obligations(screen: Console, owed: Sequence[Obligation]) -> None:
    if not owed:
        screen.print("Nobody owes a report for the periods of this night.")
        return
    screen.print(filings_table(owed))
    screen.print(Text(_LEGEND, style="dim"))
    for group in by_form(owed):
        print_indented(screen, _names(group))
    if not all(one.form_confirmed and one.unit_confirmed for one in owed):
        screen.print(words.UNCONFIRMED)


def _cells(group: Sequence[Obligation], usual_calendar: str) -> Iterator[str | Text]:
    one, owed = group[0], [one for one in group if one.is_owed]
    counts = Counter(one.standing for one in owed)
    yield words.named(one.form_code, one.form_confirmed)
    yield one.form_vi
    yield one.period_code if one.calendar_code == usual_calendar else f"{one.period_code} {one.calendar_code}"
    yield f"{one.due_at:%Y-%m-%d}"
    yield str(len(owed))
    yield str(counts["on_time"])
    yield str(counts["late"])
    yield str(sum(one.is_nil for one in owed))
    silent = counts["overdue"] + counts["missing"]
    for count, standing in ((counts["held"], "held"), (counts["blocked"], "blocked"), (silent, "missing")):
        yield Text(str(count), style=_BAR[standing][1] if count else "")
    yield _bar(counts, len(owed)) if owed else "nobody owes it"


def _bar(counts: Counter[str], owed: int) -> Text:
    cells = bar_cells([counts[standing] for standing in _BAR])
    bar = Text()
    for (glyph, style), width in zip(_BAR.values(), cells, strict=True):
        bar.append(glyph * width, style=style)
    # Rounded down, so that 100 % means everyone.
    return bar.append(f" {(counts['on_time'] + counts['late']) * 100 // owed:3} %")


def _names(group: Sequence[Obligation]) -> Iterator[Table]:
    about = f"{group[0].form_code} {group[0].period_code}"
    states = Counter(one.state for one in group)
    told = [f"{states[state]} {word}" for state, word in words.STATES.items() if states[state]]
    yield labelled(f"{about} readiness:", ", ".join(told))
    for standing, style in _NAMED.items():
        names = [words.named(one.unit_vi, one.unit_confirmed) for one in group if one.standing == standing]
        if names:
            yield labelled(f"{about} {words.STANDINGS.get(standing, standing)}:", words.listed(names), style)


def _print_collection(screen: Console, payloads: Sequence[Payload], failures: Sequence[Uncollected]) -> None:
    states = Counter(payload.state for payload in payloads)
    channels = Counter(payload.channel.replace("_", " ") for payload in payloads)
    screen.print()
    told = [
        words.units(len(payloads), "payload"),
        *(f"{n} by {name}" for name, n in sorted(channels.items())),
    ]
    screen.print(f"Collected in the last night: {', '.join(told)}.")
    if payloads:
        screen.print(f"Of these: {', '.join(f'{states[name]} {name}' for name in _STATES if states[name])}.")
    refused = [f"{one.file_name} ({one.reason})" for one in payloads if one.state == "refused"]
    if refused:
        print_indented(screen, [labelled("refused:", words.listed(refused), "red")])
    _print_failures(screen, failures)


def _print_failures(screen: Console, failures: Sequence[Uncollected]) -> None:
    if not failures:
        return
    screen.print(Text(f"Could not be collected: {words.units(len(failures), 'source')}", style="red"))
    for failure in failures:
        sender = words.named(failure.sender_vi, failure.sender_confirmed)
        print_indented(screen, [Text(f"{sender} ({failure.source_code}): {failure.message_en}")])
