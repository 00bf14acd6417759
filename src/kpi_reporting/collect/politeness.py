"""What a sender's system is spared: too many calls at once, too fast, or too much in one night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep

from kpi_reporting.collect.refusals import Refused
from kpi_reporting.registry.models import Source

_SYSTEMS_AT_ONCE = 8


class LimitReached(Refused):
    """As much as a source may give in one night was fetched."""

    rule_id = "source_limit_reached"


class Pace:
    """The calls of one source in one night; ``spent`` are the bytes it gave in this night before."""

    def __init__(self, source: Source, spent: int) -> None:
        self._source = source
        self._spent = spent
        self._between = float(1 / source.calls_per_second) if source.calls_per_second else 0.0
        self._next_call = monotonic()
        self._one_at_a_time = Lock()

    def before_call(self) -> None:
        """Wait until the next call may be made.

        Raises:
            LimitReached: none may be made any more tonight.
        """
        if self._source.night_bytes is not None and self._spent >= self._source.night_bytes:
            raise self._reached(self._source.night_bytes)
        with self._one_at_a_time:
            wait = max(0.0, self._next_call - monotonic())
            sleep(wait)
            self._next_call = monotonic() + self._between

    def spend(self, byte_size: int) -> None:
        """Count what a call brought."""
        self._spent += byte_size

    def _reached(self, limit: int) -> LimitReached:
        return LimitReached(
            f"Đã nhận {self._spent} byte trong đêm, đạt giới hạn {limit} byte của nguồn này.",
            f"{self._spent} bytes came in this night; the source is limited to {limit} (night_bytes).",
            "Nothing is lost: the next night goes on. Raise night_bytes of the source if this happens often.",
        )


class Gates:
    """How many systems are asked at the same time: all together, and those behind one connection."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._all = BoundedSemaphore(_SYSTEMS_AT_ONCE)
        limits: dict[str, int] = {}
        for source in sources:
            if source.connection_id and source.parallel_calls:
                known = limits.get(source.connection_id, source.parallel_calls)
                limits[source.connection_id] = min(known, source.parallel_calls)
        self._by_connection = {name: BoundedSemaphore(limit) for name, limit in limits.items()}

    @contextmanager
    def open_for(self, source: Source) -> Iterator[None]:
        """Let a source in when it is its turn; who waits for its connection is in nobody else's way."""
        with ExitStack() as gates:
            if gate := self._by_connection.get(source.connection_id or ""):
                gates.enter_context(gate)
            gates.enter_context(self._all)
            yield
