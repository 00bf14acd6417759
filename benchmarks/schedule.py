"""When readers ask, and what their answers took: arithmetic alone, nothing is measured here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Window = tuple[float, float]


@dataclass(frozen=True)
class Schedule:
    """One reader's turns, ``interval`` seconds apart from ``begins`` on, whatever its answers take."""

    begins: float
    interval: float

    def due(self, turn: int) -> float:
        """Instant at which a turn is due."""
        return self.begins + turn * self.interval


@dataclass(frozen=True)
class Answer:
    """An answer to a question that was due at an instant and there at another; ``fault`` says what was wrong.

    The time from the one to the other is what a reader waits, so that a slow answer is charged with those that
    had to wait behind it.
    """

    question: str
    due: float
    ended: float
    fault: str | None = None

    @property
    def milliseconds(self) -> float:
        """How long the reader waited."""
        return (self.ended - self.due) * 1000


def staggered(begins: float, interval: float, readers: int) -> list[Schedule]:
    """Schedules of several readers that never ask at the same instant."""
    return [Schedule(begins + interval * n / readers, interval) for n in range(readers)]


def due_within(answers: Iterable[Answer], windows: Sequence[Window]) -> list[Answer]:
    """Answers that were due inside one of the windows, each from its beginning up to its end."""
    return [one for one in answers if any(begin <= one.due < end for begin, end in windows)]


def percentile(values: Sequence[float], share: float) -> float:
    """Smallest value that at least ``share`` (0 to 1) of all values do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("A percentile of nothing was asked for.")
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]
