"""The services as their users see them: there inside a block, or until ``down``."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime import airflow
from kpi_reporting.runtime.api import AirflowClient
from kpi_reporting.runtime.locks import try_exclusive, users
from kpi_reporting.runtime.progress import SERVICES, OnProgress, Progress, silent
from kpi_reporting.runtime.state import KeeperState, Places, read_state
from kpi_reporting.settings import Settings, home_error

_POLL_SECONDS = 0.1
_STOP_SECONDS = 60.0
_OTHERS_USE_IT_SECONDS = 1.5


@dataclass(frozen=True)
class Services:
    """Services that were asked for; what they are needed for may have to wait for them."""

    settings: Settings
    on_progress: OnProgress
    began: float

    def wait_for_postgres(self) -> None:
        """Return when the database server answers.

        Raises:
            KpiReportingError: the services cannot be started, with the reason.
        """
        self._wait(lambda state: state.state == "ready" or (state.state, state.step) > ("starting", "PostgreSQL"))

    def wait_until_ready(self) -> AirflowClient:
        """Return a client of Airflow's API when all services are ready.

        Raises:
            KpiReportingError: the services cannot be started, with the reason.
        """
        self._wait(lambda state: state.state == "ready")
        return self.client(airflow.ADMIN)

    def client(self, user: str) -> AirflowClient:
        """Return a client of Airflow's API that acts as this account."""
        return AirflowClient(airflow.url(self.settings), user, airflow.password(self.settings, user))

    def check(self) -> None:
        """Raise when the services ended by themselves.

        Raises:
            KpiReportingError: with the reason.
        """
        state = read_state(Places(self.settings.home))
        if state.state != "ready":
            raise KpiReportingError(state.message or "The services were stopped by somebody else.")
