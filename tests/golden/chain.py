"""The steps of a night, in the order the DAGs call them, without Airflow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

from kpi_reporting import night
from kpi_reporting.settings import Settings, get_settings

PROJECT = Path(__file__).parents[2]
STEPS = ("read", "stage", "check_at_door", "compute", "check_at_exit", "publish")


@dataclass(frozen=True)
class OneDatabase(Settings):
    """Settings of a test: every registry lives in the one database the test was given."""

    database: str = ""

    def warehouse_dsn(self, registry_code: str) -> str:
        return self.database


def settings_for(database: str, place: Path) -> OneDatabase:
    """Settings of nights that lie in a place of their own, but for dbt's cache: the home of all tests, parsed once."""
    return OneDatabase(
        project_dir=PROJECT,
        home=get_settings().home,
        registry_dir=place / "registry",
        inbox=place / "inbox",
        landing=f"file://{place}/landing",
        database=database,
    )


def run_night(
    settings: Settings,
    registry: Path,
    inbox: Path,
    as_of: str,
    steps: Sequence[str] = STEPS,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Run one night over drop folders, or its first steps alone.

    Returns what each step says of itself; ``tell`` hears of each as it begins.
    """
    given = {"registry": str(registry), "inbox": str(inbox), "as_of": as_of}
    with mock.patch.object(night, "get_settings", return_value=settings):
        tell("collect")
        opened = night.open_night(given, datetime.fromisoformat(as_of))
        conf = opened["conf"]
        failed = [one for batch in opened["batches"] for one in night.collect(conf, batch, lambda _: None)]
        said: dict[str, Any] = {"failed_sources": failed}
        for step in steps:
            tell(step)
            said[step] = getattr(night, step)(conf)
    return said
