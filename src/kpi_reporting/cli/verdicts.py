"""What a dry run says, as senders read it: in Vietnamese, file by file, with sheet and cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from kpi_reporting.board.screen import labelled, new_screen, print_indented
from kpi_reporting.dry_run import Verdict
from kpi_reporting.findings import Finding

_SYMBOLS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "dim")}
_MOST_PLACES = 10


def print_verdicts(verdicts: Iterable[Verdict], screen: Console | None = None) -> None:
    """Print each file's outcome, then its findings, the graver first; what a rule says of many cells is told once."""
    screen = screen or new_screen()
    for name, verdict in _named(verdicts):
        screen.print(Text(f"\n{name}: {verdict.sentence_vi()}", style=_style(verdict)))
        if about := _about(verdict):
            print_indented(screen, [Text(about)])
        for said in _by_rule(verdict.findings):
            _print_rule(screen, said)


def _named(verdicts: Iterable[Verdict]) -> Iterator[tuple[str, Verdict]]:
    """Name files by themselves, and what a file of several holds with the file before it."""
    file = None
    for verdict in verdicts:
        if file is None or not verdict.path.is_relative_to(file):
            file = verdict.path
        yield str(verdict.path.relative_to(file.parent)), verdict


def _style(verdict: Verdict) -> str:
    return "bold green" if verdict.is_well else "bold red"


def _about(verdict: Verdict) -> str:
    version = f" phiên bản {verdict.form_version}" if verdict.form_version else ""
    parts = (
        verdict.sender_code and f"Đơn vị {verdict.sender_code}",
        verdict.form_code and f"biểu {verdict.form_code}{version}",
        verdict.period_code and f"kỳ {verdict.period_code}",
    )
    return ", ".join(part for part in parts if part)


def _by_rule(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    for _, group in groupby(findings, key=lambda one: (one.rule_id, one.action_vi)):
        yield list(group)


def _print_rule(screen: Console, said: Sequence[Finding]) -> None:
    symbol, style = _SYMBOLS[said[0].severity]
    lines = [*_sentences(said), f"→ {said[0].action_vi}"]
    print_indented(screen, [labelled(symbol, said[0].rule_id, style), labelled(" ", "\n".join(lines))])


def _sentences(said: Sequence[Finding]) -> Iterator[str]:
    """Each sentence once, with the places it is about."""
    places: dict[str, list[str]] = {}
    for one in said:
        places.setdefault(one.message_vi, []).append(_place(one))
    for sentence, found in places.items():
        told = [place for place in found if place]
        more = f" và {len(told) - _MOST_PLACES} ô khác" if len(told) > _MOST_PLACES else ""
        yield f"{sentence} {'; '.join(told[:_MOST_PLACES])}{more}".rstrip()


def _place(finding: Finding) -> str:
    """Sheet and cell, with what stands there."""
    where = "!".join(part for part in (finding.sheet_name, finding.cell) if part)
    return " ".join(part for part in (where, finding.found and f"“{finding.found}”") if part)
