"""``python -m benchmarks [GROUP …]``: measure, and print what share of each limit was used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Annotated

import typer

from benchmarks.checkout import dag_figures, from_nothing_figures, make_figures
from benchmarks.figures import Figure, print_figures
from benchmarks.intake import intake_figures
from benchmarks.landing import landing_figures
from benchmarks.nights import demo_figures
from benchmarks.publishing import publishing_figures
from benchmarks.reading import reading_figures
from benchmarks.step_memory import memory_figures
from benchmarks.warehouse import history_figures

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Group(StrEnum):
    """What can be measured."""

    DEMO = "demo"
    DAGS = "dags"
    CHECK = "check"
    TEST = "test"
    FROM_NOTHING = "from-nothing"
    HISTORY = "history"
    PUBLISHING = "publishing"
    MEMORY = "memory"
    READING = "reading"
    LANDING = "landing"
    INTAKE = "intake"


_MEASURES: dict[Group, Callable[[], Iterable[Figure]]] = {
    Group.DEMO: demo_figures,
    Group.DAGS: dag_figures,
    Group.CHECK: lambda: make_figures(("check", 90)),
    Group.TEST: lambda: make_figures(("test", 1200)),
    Group.FROM_NOTHING: from_nothing_figures,
    Group.HISTORY: history_figures,
    Group.PUBLISHING: publishing_figures,
    Group.MEMORY: memory_figures,
    Group.READING: reading_figures,
    Group.LANDING: landing_figures,
    Group.INTAKE: intake_figures,
}


@app.command()
def measure(
    groups: Annotated[
        list[Group] | None,
        typer.Argument(help="What to measure; by default all but the tests and the years of history."),
    ] = None,
) -> None:
    """Measure on this machine; nothing else should run meanwhile."""
    wanted = groups or [Group.DAGS, Group.DEMO, Group.CHECK, Group.FROM_NOTHING]
    print_figures(list(_told(wanted)))


def _told(groups: Iterable[Group]) -> Iterator[Figure]:
    for group in groups:
        for figure in _MEASURES[group]():
            sys.stderr.write(f"{figure.name}: {figure.measured:.1f} {figure.unit}\n")
            yield figure


if __name__ == "__main__":
    app()
