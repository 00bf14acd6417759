"""A case of the corpus: a file, and exactly the findings it must give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from kpi_reporting.registry.models import FormField

JULY = datetime.fromisoformat("2025-07-16T09:00:00+07:00")
JUNE = datetime.fromisoformat("2025-06-16T09:00:00+07:00")


@dataclass(frozen=True)
class FaultyFile:
    """``found`` are rules with their cells, ``short_sum@D9``, without @ where a finding has no cell; ``optional`` are
    fields that the form of the case may leave out, ``form`` what the version of HS-01 says otherwise,
    ``columns`` what is asked for beside the registry's fields, or ``instead`` of those of HS-01."""

    name: str
    make: Callable[[], bytes]
    found: frozenset[str]
    state: str = "read"
    file_name: str = "bao-cao.xlsx"
    received_at: datetime = JULY
    source: str = "communes"
    limits: dict[str, object] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    form: dict[str, str] = field(default_factory=dict)
    columns: tuple[FormField, ...] = ()
    instead: tuple[FormField, ...] = ()


def faulty(name: str, make: Callable[[], bytes], *found: str, **said: object) -> FaultyFile:
    """A case whose state is refused when the first finding listed begins with an exclamation mark."""
    state = "refused" if any(one.startswith("!") for one in found) else "read"
    return FaultyFile(name, make, frozenset(one.lstrip("!") for one in found), state, **said)  # type: ignore[arg-type]
