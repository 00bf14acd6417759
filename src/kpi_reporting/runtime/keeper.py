"""Keeps the services running in the background, and stops them when nobody uses them any more.

Started by ``supervisor``, in a session of its own. Who uses the services holds a lock that the kernel drops with
the process, so they stop also when the user's process was killed. ``up`` asks for staying by a marker file.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, NoReturn

import psutil

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime import airflow, ports
from kpi_reporting.runtime.health import Health
from kpi_reporting.runtime.locks import hold, sole_user, users
from kpi_reporting.runtime.state import KeeperState, Places, write_state
from kpi_reporting.runtime.warehouse import running_server
from kpi_reporting.settings import Settings, get_settings, home_error

_SERVICES = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
}
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_GRACE_SECONDS = 8.0
_READY_SECONDS = 180.0
_POLL_SECONDS = 0.2
_TRIES = 5
_MAX_LOG_BYTES = 20_000_000
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


class _Stop(BaseException):
    """Somebody asked us to stop."""


@dataclass
class Keeper:
    """The services of one home folder."""

    settings: Settings
    places: Places
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    last_lock: IO[str] | None = None

    def keep(self) -> None:
        """Start everything, keep it until nobody uses it, stop everything."""
        self._tell("starting", "PostgreSQL")
        with running_server(self.settings):
            _adopt_orphans()  # from here on: the database server was born before and ends by its own order
            try:
                self._start()
                while self._is_needed():
                    self._check_alive()
                    time.sleep(_POLL_SECONDS)
                self._tell("stopping")
            except KpiReportingError as error:
                self._tell("failed", message=str(error))
                raise
            finally:
                self._stop_processes()

    def _start(self) -> None:
        ports.claim(self.settings, "airflow", airflow.PREFERRED_PORT)
        airflow.configure(self.settings)
        self._tell("starting", "Airflow's metadata")
        airflow.prepare_metadata(self.settings)
        self._tell("starting", "Airflow's services")
        began = time.time()
        for name, arguments in _SERVICES.items():
            self.processes[name] = self._spawn(name, arguments)
        health = Health(airflow.url(self.settings), began, self.processes["api-server"].pid)
        deadline = time.monotonic() + _READY_SECONDS
        while missing := health.missing():
            self._check_alive()
            if not self._is_needed():
                raise _Stop
            if time.monotonic() > deadline:
                raise KpiReportingError(f"Airflow's {missing[0]} is not ready after {_READY_SECONDS:.0f} s.")
            self._tell("starting", f"Airflow's {missing[0]}")
            time.sleep(_POLL_SECONDS)
        self._tell("ready")

    def _spawn(self, name: str, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        log = self.places.log(name)
        if log.exists() and log.stat().st_size > _MAX_LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
        with log.open("ab") as output:
            return subprocess.Popen(
                airflow.command(*arguments),
                env=airflow.environment(self.settings),
                cwd=self.settings.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  this process has one thread
            )

    def _check_alive(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.places.log(name)
                raise KpiReportingError(
                    f"Airflow's {name} ended by itself (code {process.returncode}): "
                    f"{airflow.last_line(log)} (log: {log})."
                )

    def _is_needed(self) -> bool:
        if self.places.stay.exists():
            return True
        lock = users(self.places.users_lock)
        if not sole_user(lock):
            lock.close()
            return True
        # Held until we are gone: who comes now waits for our end and then starts anew.
        self.last_lock = lock
        return False

    def _stop_processes(self) -> None:
        """Ask each service to end; after a grace, end whatever is left of them and their tasks."""
        _ignore_signals()
        family = psutil.Process().children(recursive=True)
        for service in self.processes.values():
            service.terminate()
        _, alive = psutil.wait_procs(family, timeout=_GRACE_SECONDS)
        left = {*alive, *psutil.Process().children(recursive=True)}
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=_GRACE_SECONDS)

    def _tell(self, state: str, step: str = "", message: str = "") -> None:
        write_state(self.places, KeeperState(state, step, message, os.getpid()))


def main() -> int:
    """Keep the services of this environment's home folder; 1 when they failed, as the state file says."""
    for number in _SIGNALS:
        signal.signal(number, _stop)
    settings = get_settings()
    places = Places(settings.home)
    for _ in range(_TRIES):  # somebody may just be looking whether the lock is held
        if hold(places.keeper_lock):
            return _keep(settings, places)
        time.sleep(_POLL_SECONDS)
    return 0


def _keep(settings: Settings, places: Places) -> int:
    try:
        Keeper(settings, places).keep()
    except _Stop:
        pass
    except KpiReportingError as error:
        return _fail(places, str(error))
    except OSError as error:
        return _fail(places, str(home_error(settings.home, error)))
    write_state(places, KeeperState("stopped"))
    return 0


def _fail(places: Places, message: str) -> int:
    write_state(places, KeeperState("failed", message=message))
    places.stay.unlink(missing_ok=True)
    return 1


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    _ignore_signals()
    raise _Stop


def _ignore_signals() -> None:
    # Once is enough: what follows is the orderly end, which nothing shall interrupt.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _die_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _adopt_orphans() -> None:
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    """Linux alone has it; elsewhere the keeper must not be killed hard."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
