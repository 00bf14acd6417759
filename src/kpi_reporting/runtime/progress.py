"""How the runtime tells what it is doing, one step at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SERVICES = "services"
WAREHOUSE = "warehouse"


@dataclass(frozen=True)
class Progress:
    """One thing that began or ended.

    ``stage`` is ``services``, ``warehouse`` or a DAG's id. ``step`` is what a person reads: a task's id, with its
    rendered name in brackets when it is mapped. ``state`` is ``running``, ``waiting``, ``success``, ``skipped`` or
    ``failed``. ``seconds`` is how long it took, None until it ended.
    """

    stage: str
    step: str
    state: str
    seconds: float | None = None
    detail: str = ""


OnProgress = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Tell nobody."""
