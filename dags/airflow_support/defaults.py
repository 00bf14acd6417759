"""One place for what every DAG has in common."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pendulum

OWNER = "kpi-reporting"
TIME_ZONE = pendulum.timezone("Asia/Ho_Chi_Minh")
START_DATE = pendulum.datetime(2025, 1, 1, tz=TIME_ZONE)


def night_schedule() -> str | None:
    """Cron text of the nightly start, local time; without one, nights start only when somebody asks."""
    return os.environ.get("KPI_NIGHT_SCHEDULE") or None


def rebuild_schedule() -> str | None:
    """Cron text of the full rebuild; without one, it starts only when somebody asks."""
    return os.environ.get("KPI_REBUILD_SCHEDULE") or None


def reminder_schedule() -> str | None:
    """Cron text of the reminders, local time, after the night; without one, they go when somebody asks."""
    return os.environ.get("KPI_REMINDER_SCHEDULE") or None


def dag_defaults(**changes: Any) -> dict[str, Any]:
    """Arguments every DAG passes on: no catch-up, one night at a time, retries with a short pause."""
    task_defaults = {
        "owner": OWNER,
        "retries": 1,
        "retry_delay": timedelta(seconds=10),
        "execution_timeout": timedelta(minutes=30),
    }
    return {
        "start_date": START_DATE,
        "schedule": None,
        "catchup": False,
        "max_active_runs": 1,
        "default_args": task_defaults,
        **changes,
    }
