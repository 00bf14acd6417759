"""The services as their users see them: there inside a block, or until ``down``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime import airflow
from kpi_reporting.runtime.api import AirflowClient
from kpi_reporting.runtime.locks import is_held, sole_user, users
from kpi_reporting.runtime.postgres import EmbeddedPostgres
from kpi_reporting.runtime.progress import SERVICES, OnProgress, Progress, silent
from kpi_reporting.runtime.state import KeeperState, Places, read_state, write_state
from kpi_reporting.settings import Settings, home_error
from kpi_reporting.stores import refuse_unusable

_POLL_SECONDS = 0.1
_STOP_SECONDS = 60.0
_TRIES = 3
_BEFORE_POSTGRES = ("", "PostgreSQL")


@dataclass(frozen=True)
class Services:
    """Services that were asked for; whoever needs them waits for them.

    ``started`` says whether they were started for us (they were running already otherwise), ``began`` when, in
    seconds since the epoch.
    """

    settings: Settings
    on_progress: OnProgress
    started: bool
    began: float

    def wait_for_postgres(self) -> None:
        """Return when the database server answers.

        Raises:
            KpiReportingError: the services cannot be started, with the reason.
        """
        self._wait(lambda state: state.state == "ready" or state.step not in _BEFORE_POSTGRES)

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
        """Return while the services run.

        Raises:
            KpiReportingError: they ended, with the reason.
        """
        state = read_state(Places(self.settings.home))
        if state.state != "ready":
            raise KpiReportingError(state.message or "The services were stopped by somebody else.")

    def _wait(self, is_enough: Callable[[KeeperState], bool]) -> None:
        places, told, began = Places(self.settings.home), "", time.monotonic()
        while not is_enough(state := read_state(places)):
            if state.state in {"failed", "stopping", "stopped"} or not is_held(places.keeper_lock):
                raise KpiReportingError(state.message or f"The services stopped: see {places.log('keeper')}.")
            if state.step != told:
                told = state.step
                self.on_progress(Progress(SERVICES, told, "running"))
            time.sleep(_POLL_SECONDS)
        if state.state == "ready" and told:
            self.on_progress(Progress(SERVICES, "all ready", "success", time.monotonic() - began))


@contextmanager
def services(
    settings: Settings, on_progress: OnProgress = silent, accounts: Iterable[str] = ()
) -> Iterator[Services]:
    """Have PostgreSQL and Airflow's services inside the block; they stop with their last user.

    The block begins while they still start: ``Services`` says what to wait for. ``accounts`` are people who
    will sign off.

    Raises:
        KpiReportingError: they cannot be started, or the landing is of a kind this installation cannot use.
    """
    refuse_unusable(settings)
    places = Places(settings.home)
    try:
        for account in accounts:
            airflow.add_account(settings, account)
        joined = users(places.users_lock)
    except OSError as error:
        raise home_error(settings.home, error) from None
    try:
        began = time.time()
        started = _ensure_keeper(settings, places)
        yield Services(settings, on_progress, started, began)
    finally:
        _leave(places, joined)


def up(settings: Settings, on_progress: OnProgress = silent) -> None:
    """Start the services and let them stay until ``down``."""
    with services(settings, on_progress) as running:
        running.wait_until_ready()
        Places(settings.home).stay.touch()


def down(settings: Settings) -> bool:
    """Stop the services and the embedded PostgreSQL; say whether anything was running."""
    places = Places(settings.home)
    places.stay.unlink(missing_ok=True)
    was_running = is_held(places.keeper_lock)
    _end_keeper(places)
    return EmbeddedPostgres(settings).stop_unless_used() or was_running


def is_up(settings: Settings) -> bool:
    """Say whether the services run and are ready."""
    places = Places(settings.home)
    return is_held(places.keeper_lock) and read_state(places).state == "ready"


def _ensure_keeper(settings: Settings, places: Places) -> bool:
    """Have a keeper that starts or runs; say whether it was started for us."""
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not is_held(places.keeper_lock):
            _start_keeper(settings, places)
            return True
        if read_state(places).state in {"starting", "ready"}:
            return False
        time.sleep(_POLL_SECONDS)  # an earlier one is on its way out
    raise KpiReportingError(f"The services of {places.home} do not stop: see {places.log('keeper')}.")


def _start_keeper(settings: Settings, places: Places) -> None:
    write_state(places, KeeperState("starting"))
    log = places.log("keeper")
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kpi_reporting.runtime.keeper"],
            env={**os.environ, **settings.variables()},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        while not is_held(places.keeper_lock):
            if process.poll() is not None:
                raise KpiReportingError(f"The services do not start: {airflow.last_line(log)} (log: {log}).")
            time.sleep(_POLL_SECONDS)
    except BaseException:
        process.terminate()
        raise


def _leave(places: Places, joined: IO[str]) -> None:
    """Stop the services unless somebody else uses them or they shall stay."""
    for _ in range(_TRIES):  # the keeper may just be looking whether there are users
        if places.stay.exists():
            break
        if sole_user(joined):
            _end_keeper(places)
            break
        time.sleep(_POLL_SECONDS)
    joined.close()


def _end_keeper(places: Places) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    while is_held(places.keeper_lock) and time.monotonic() < deadline:
        if pid := read_state(places).pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        time.sleep(_POLL_SECONDS)
