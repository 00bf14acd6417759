"""The findings of a night: errors file by file, warnings rule by rule; what is wrong, where, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import psycopg
from psycopg.rows import class_row
from rich.console import Console
from rich.text import Text

from kpi_reporting.board import words
from kpi_reporting.board.obligations import NO_NIGHT
from kpi_reporting.board.screen import labelled, new_screen, print_heading, print_indented
from kpi_reporting.errors import KpiReportingError

_LATEST = "select c.night_id from raw.current_night as c"
_NIGHTS = "select n.night_id from raw.nights as n order by n.as_of desc"

# The sender is the unit that carried the code in the period of the finding, else the newest one.
_FINDINGS = """
select
    f.severity, f.rule_id, coalesce(f.sender_code, '') as sender_code, u.name_vi as sender_vi,
    coalesce(u.confirmed, true) as sender_confirmed, concat_ws(' ', f.form_code, f.period_code) as about,
    coalesce(f.file_name, '') as file_name, f.submission_id, coalesce(f.sheet_name, '') as sheet_name,
    coalesce(f.cell, f.subject) as place, f.cell is not null as is_cell,
    f.submission_id is null and f.layer in ('exit', 'history') as is_figure, coalesce(f.found, '') as found,
    f.message_en, f.action_vi
from quality.findings as f
left join lateral (
    select u.name_vi, u.confirmed, u.sort_key
    from reporting.units as u
    left join reporting.periods as p
        on p.period_code = f.period_code and p.last_day between u.valid_from and coalesce(u.valid_to, 'infinity')
    where u.unit_code = f.sender_code
    order by (p.period_code is not null) desc, u.valid_from desc limit 1
) as u on true
where f.night_id = %s
order by u.sort_key nulls first, f.sender_code, f.submission_id, is_figure, f.form_code, f.rule_id, f.finding_id
"""
_SEVERITIES = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "dim")}
_WORDS = {"error": "error", "warning": "warning", "info": "remark"}
_FIGURES = "Figures before publication"
_KEY_PARTS = 5
_MOST_NIGHTS = 5
_FULL_LIST = "Identical ones are told once; every one: `kpi-reporting findings --all`, or the table reporting.findings."


@dataclass(frozen=True)
class Most:
    """How many places and sentences of one rule are told."""

    places: int
    messages: int


_FIRST_ONES = Most(places=10, messages=3)


@dataclass(frozen=True)
class Found:
    """A finding as it is told; ``place`` is a cell, the key of a figure, or what else is meant."""

    severity: str
    rule_id: str
    sender_code: str
    sender_vi: str | None
    sender_confirmed: bool
    about: str
    file_name: str
    submission_id: int | None
    sheet_name: str
    place: str
    is_cell: bool
    is_figure: bool
    found: str
    message_en: str
    action_vi: str

    @property
    def who(self) -> str:
        """Name and code of the sender; of a figure its name as the board has it."""
        if self.is_figure:
            return self.where
        name = words.named(self.sender_vi or self.sender_code, self.sender_confirmed)
        return f"{name} ({self.sender_code})" if self.sender_vi else name or self.file_name

    @property
    def where(self) -> str:
        """The place, a figure's key shortened to formula, unit and period."""
        parts = self.place.split("/")
        if not self.is_figure or len(parts) != _KEY_PARTS:
            return self.place
        return f"{parts[1]} {parts[2].partition('@')[0]} {parts[4]}"


def print_findings(
    conn: psycopg.Connection, night_id: str | None, screen: Console | None = None, *, in_full: bool = False
) -> None:
    """Print what a night found; the latest night when none is named.

    Errors come first, sender by sender and file by file, then warnings and remarks by rule. What one rule says about
    many cells is told once, with the first cells or, ``in_full``, with all.

    Raises:
        KpiReportingError: there was no such night, or none at all.
    """
    screen = screen or new_screen()
    night = _night(conn, night_id)
    with conn.cursor(row_factory=class_row(Found)) as cursor:
        findings = cursor.execute(_FINDINGS, (night,)).fetchall()
    print_heading(screen, f"Findings of the night {night}: {counted(findings)}")
    most = Most(len(findings), len(findings)) if in_full else _FIRST_ONES
    if findings and not in_full:
        screen.print(_FULL_LIST)
    for group in by_file(findings):
        screen.print(Text(f"\n{_heading(group[0])}", style="bold"))
        for same_rule in by_rule(group):
            _print_rule(screen, same_rule, _places(same_rule, most), most)
    _print_others(screen, [finding for finding in findings if finding.severity != "error"], most)
    if not all(finding.sender_confirmed for finding in findings):
        screen.print(f"\n{words.UNCONFIRMED}")


def _night(conn: psycopg.Connection, asked: str | None) -> str:
    nights = [night_id for (night_id,) in conn.execute(_NIGHTS).fetchall()]
    latest = conn.execute(_LATEST).fetchone()
    if latest is None:
        raise KpiReportingError(NO_NIGHT)
    if asked is not None and asked not in nights:
        raise KpiReportingError(
            f"There was no night {asked!r}; the newest are {words.listed(nights, _MOST_NIGHTS)}."
        )
    return asked or str(latest[0])


def by_file(findings: Iterable[Found]) -> Iterator[list[Found]]:
    """Group the errors by what they are about: a file, a sender, a form, or the figures at the exit."""
    errors = (finding for finding in findings if finding.severity == "error")
    for _, group in groupby(
        errors, key=lambda one: (one.sender_code, one.submission_id, one.is_figure or one.about)
    ):
        yield list(group)


def by_rule(findings: Iterable[Found]) -> Iterator[list[Found]]:
    """Group findings by severity, the worse first, and rule."""
    severities = list(_SEVERITIES)
    ordered = sorted(findings, key=lambda one: (severities.index(one.severity), one.rule_id))
    for _, group in groupby(ordered, key=lambda one: one.rule_id):
        yield list(group)


def counted(findings: Sequence[Found]) -> str:
    """Count findings by severity, and the files they are in."""
    counts = Counter(finding.severity for finding in findings)
    parts = [words.units(counts[severity], word) for severity, word in _WORDS.items() if counts[severity]]
    files = len({finding.submission_id for finding in findings} - {None})
    return f"{', '.join(parts)}; {words.units(files, 'file')} with findings" if parts else "none"


def messages(same_rule: Sequence[Found], most: Most = _FIRST_ONES) -> list[str]:
    """Return a rule's sentence, with what was found when that is one thing; the first ones when they differ."""
    sentences = list(dict.fromkeys(one.message_en for one in same_rule))
    if len(sentences) == 1:
        found = {one.found for one in same_rule}
        value = found.pop() if len(found) == 1 else ""
        return [sentences[0], f"found: {value}"] if value and value not in sentences[0] else sentences
    shown = [f"{one.where or one.who}: {one.message_en}" for one in same_rule[: most.messages]]
    more = len(same_rule) - most.messages
    return [*shown, f"… and {more} more"] if more > 0 else shown


def _print_rule(screen: Console, same_rule: Sequence[Found], places: str, most: Most) -> None:
    symbol, style = _SEVERITIES[same_rule[0].severity]
    rule = f"{same_rule[0].rule_id}{f', {places}' if places else ''}"
    lines = "\n".join([*messages(same_rule, most), f"→ {same_rule[0].action_vi}"])
    print_indented(screen, [labelled(symbol, rule, style), labelled(" ", lines)])


def _print_others(screen: Console, others: Sequence[Found], most: Most) -> None:
    if others:
        screen.print(Text("\nWarnings and remarks, by rule", style="bold"))
    for same_rule in by_rule(others):
        _print_rule(screen, same_rule, _concerned(same_rule, most), most)


def _concerned(same_rule: Sequence[Found], most: Most) -> str:
    """Whom a warning concerns; of one file also where, of many files that is too much."""
    senders = list(dict.fromkeys(one.who for one in same_rule if one.who))
    if len({one.submission_id for one in same_rule}) == 1 and not same_rule[0].is_figure:
        return ", ".join(part for part in (*senders, _places(same_rule, most)) if part)
    times = f"{len(same_rule)} times: " if len(same_rule) > 1 else ""
    return f"{times}{words.listed(senders, most.places)}"


def _places(same_rule: Sequence[Found], most: Most) -> str:
    places = list(dict.fromkeys(one.where for one in same_rule if one.where))
    cells = [one for one in same_rule if one.is_cell]
    sheet = f" of {cells[0].sheet_name}" if cells and cells[0].sheet_name else ""
    many = f"{words.units(len(places), 'cell' if cells else 'place')}{sheet}: " if len(places) > 1 else ""
    return f"{many}{words.listed(places, most.places)}"


def _heading(first: Found) -> str:
    if first.is_figure:
        return _FIGURES
    return (
        ", ".join(dict.fromkeys(part for part in (first.who, first.about, first.file_name) if part))
        or "The night"
    )
