"""Saying where in a registry something is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from kpi_reporting.errors import Problem
from kpi_reporting.registry.models import Dated, Row

_Dated = TypeVar("_Dated", bound=Dated)


def problem_at(row: Row, number: int, column: str, rule: str, message: str) -> Problem:
    """Return a problem of one cell, with what stands in it."""
    found = getattr(row, column)
    return Problem(row.file, number, column, "" if found is None else str(found), rule, message)


def overlap(first: Dated, second: Dated) -> bool:
    """Tell whether two rows hold on a common day."""
    return first.valid_from <= _end(second) and second.valid_from <= _end(first)


def covers(outer: Dated, inner: Dated) -> bool:
    """Tell whether a row holds on every day of another."""
    return outer.valid_from <= inner.valid_from and _end(inner) <= _end(outer)


def _end(row: Dated) -> date:
    return row.valid_to or date.max


def overlapping(
    rows: Iterable[tuple[int, _Dated]], same: Callable[[_Dated], Hashable]
) -> Iterator[tuple[int, _Dated, int]]:
    """Yield each row that holds together with an earlier row of the same thing, and that row's number."""
    groups: dict[Hashable, list[tuple[int, _Dated]]] = defaultdict(list)
    for number, row in rows:
        for earlier, other in groups[same(row)]:
            if overlap(row, other):
                yield number, row, earlier
                break
        groups[same(row)].append((number, row))
