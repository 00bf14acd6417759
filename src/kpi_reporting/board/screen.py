"""Where the board is printed: a terminal, or a log and a pipe, which have no width of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_LOG_WIDTH = 120
_NARROWEST, _WIDEST = 100, 160
_INDENT = (0, 0, 0, 2)


def new_screen(file: IO[str] | None = None) -> Console:
    """Return a console that takes text as it is: no markup, no emoji, nothing coloured by guess.

    Logs and pipes get 120 columns. A narrow terminal wraps lines of 100 columns rather than lose digits.
    """
    screen = Console(file=file, highlight=False, markup=False, emoji=False)
    screen.width = min(max(screen.width, _NARROWEST), _WIDEST) if screen.is_terminal else _LOG_WIDTH
    return screen


def print_heading(screen: Console, text: str) -> None:
    """Start a part of the summary."""
    screen.print()
    screen.print(Text(text, style="bold"))


def print_indented(screen: Console, parts: Iterable[RenderableType]) -> None:
    """Print what belongs to the line above; wrapped lines keep the indent."""
    for part in parts:
        screen.print(Padding(part, _INDENT))


def labelled(label: str, text: str, style: str = "") -> Table:
    """Return a line whose wrapped text stays to the right of its label."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(label, style=style), Text(text))
    return grid
