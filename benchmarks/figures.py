"""A measured figure beside its limit, and the table they are printed in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured figure; ``limit`` is in the same unit, ``how`` says what exactly was measured."""

    name: str
    measured: float
    limit: float
    unit: str
    how: str

    @property
    def ratio(self) -> float:
        """Share of the limit that was used; above 1 the limit is broken, as by anything where nothing may be."""
        if self.limit == 0:
            return math.inf if self.measured else 0.0
        return self.measured / self.limit


def print_figures(figures: Iterable[Figure]) -> None:
    """Print the figures with the share of its limit each one used."""
    table = Table(title="Measured against the limits of README.md", title_justify="left")
    table.add_column("what")
    for heading in ("measured", "limit", "of the limit"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("how")
    for one in figures:
        style = "red" if one.ratio > 1 else "green"
        measured, limit = (f"{value:,.2f} {one.unit}" for value in (one.measured, one.limit))
        table.add_row(one.name, measured, limit, f"[{style}]{one.ratio:.2f}[/{style}]", one.how)
    Console(width=140).print(table)
