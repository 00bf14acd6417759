"""Keeps the services running in the background, and stops them when nobody uses them any more.

Started by ``supervisor``, in a session of its own. Who uses the services holds a lock that the kernel drops with
the process, so they stop also when the user's process was killed. ``up`` asks for staying by a marker file.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime import airflow, ports
from kpi_reporting.runtime.health import Health
from kpi_reporting.runtime.locks import sole_user, try_exclusive, users
from kpi_reporting.runtime.postgres import EmbeddedPostgres
from kpi_reporting.runtime.state import KeeperState, Places, write_state
from kpi_reporting.settings import Settings, get_settings, home_error

_SERVICES = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
}
_GRACE_SECONDS = 8.0
_READY_SECONDS = 180.0
_POLL_SECONDS = 0.2
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

    def keep(self) -> None:
        """Start everything, keep it until nobody uses it, stop everything."""
        with ExitStack() as stack:
            self._tell("starting", "PostgreSQL")
            stack.enter_context(self._database())
            _adopt_orphans()
            stack.callback(self._stop_processes)
            self._start()
            while self._in_use(stack):
                self._check_alive()
                time.sleep(_POLL_SECONDS)
            self._tell("stopping")

    @contextmanager
    def _database(self) -> Iterator[None]:
        with nullcontext() if self.settings.dsn else EmbeddedPostgres(self.settings).running():
            yield

    def _start(self) -> None:
        ports.claim(self.settings, "airflow", preferred=8080)
        airflow.write_configuration(self.settings)
        self._tell("starting", "Airflow's metadata")
        airflow.prepare_metadata(self.settings)
        self._tell("starting", "Airflow's services")
        began = time.time()
        for name, arguments in _SERVICES.items():
            self.processes[name] = self._spawn(name, arguments)
        health = Health(airflow.url(self.settings), began)
        deadline = time.monotonic() + _READY_SECONDS
        while missing := health.missing():
            self._check_alive()
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
                preexec_fn=_die_with_parent,
            )

    def _check_alive(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.places.log(name)
                raise KpiReportingError(
                    f"Airflow's {name} ended by itself (code {process.returncode}): "
                    f"{airflow.last_line(log)} (log: {log})."
                )

    def _in_use(self, stack: ExitStack) -> bool:
        if self.places.stay.exists():
            return True
        users_lock = users(self.places.users_lock)
        if not sole_user(users_lock):
            users_lock.close()
            return True
        # Held until we are gone: who comes now waits for our end and then starts anew.
        stack.callback(users_lock.close)
        return False

    def _stop_processes(self) -> None:
        """Ask each service to end; after a grace, end whatever is left of them and their tasks."""
        family = psutil.Process().children(recursive=True)
        for process in self.processes.values():
            process.terminate()
        _, alive = psutil.wait_procs(family, timeout=_GRACE_SECONDS)
        for process in {*alive, *psutil.Process().children(recursive=True)}:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(alive, timeout=_GRACE_SECONDS)

    def _tell(self, state: str, step: str = "", message: str = "") -> None:
        write_state(self.places, KeeperState(state, step, message))


def main() -> int:
    """Keep the services of this environment's home folder; 1 when they failed, as the state file says."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    settings = get_settings()
    places = Places(settings.home)
    with try_exclusive(places.keeper_lock) as alone:
        return _keep(settings, places) if alone else 0


def _keep(settings: Settings, places: Places) -> int:
    try:
        Keeper(settings, places).keep()
    except _Stop:
        write_state(places, KeeperState("stopped"))
    except KpiReportingError as error:
        return _fail(places, str(error))
    except OSError as error:
        return _fail(places, str(home_error(settings.home, error)))
    else:
        write_state(places, KeeperState("stopped"))
    return 0


def _fail(places: Places, message: str) -> int:
    write_state(places, KeeperState("failed", message=message))
    places.stay.unlink(missing_ok=True)
    return 1


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    # Once is enough: what follows is the orderly end, which nothing shall interrupt.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


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
