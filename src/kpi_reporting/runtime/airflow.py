"""Airflow's configuration and environment on this machine.

Secrets stand in ``airflow.cfg``, readable by us alone, never in the environment of a task. Where the environment
already names Airflow's metadata database, as in a container, that configuration is taken as it is.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from configparser import RawConfigParser
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.periods import ZONE
from kpi_reporting.runtime import ports
from kpi_reporting.runtime.warehouse import ensure_database, ensure_role
from kpi_reporting.settings import OWNER_ROLE, Settings
from kpi_reporting.whole_files import write_whole

ADMIN = "admin"
METADATA = "airflow"
PREFERRED_PORT = 8080
_LAST_LINES = 20
_OURS_ALONE = 0o600
_METADATA_SETTING = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_QUIET = {
    # Nothing this product starts tells anybody outside that it was started.
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "SCARF_ANALYTICS": "false",
    "PYTHONUNBUFFERED": "1",
    # Each of Airflow's commands would begin with a warning that it cannot draw, which nobody asked it to.
    "PYTHONWARNINGS": "ignore:Could not import graphviz",
}


def is_configured_outside() -> bool:
    """Say whether the environment brings Airflow's configuration, as it does in a container."""
    return any(name in os.environ for name in (_METADATA_SETTING, f"{_METADATA_SETTING}_CMD"))


def environment(settings: Settings) -> dict[str, str]:
    """Environment of Airflow's processes and of the tasks they run."""
    if is_configured_outside():
        return {**os.environ, **_QUIET, **settings.variables()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    source = str(Path(__file__).parents[2])
    return {
        **inherited,
        **_QUIET,
        **settings.variables(),
        "AIRFLOW_HOME": str(_folder(settings)),
        "AIRFLOW_CONFIG": str(_folder(settings) / "airflow.cfg"),
        "PYTHONPATH": os.pathsep.join(filter(None, [source, inherited.get("PYTHONPATH")])),
        # Our services talk to each other over loopback, whatever proxy the machine has.
        "NO_PROXY": ",".join(filter(None, ["127.0.0.1,localhost", inherited.get("NO_PROXY")])),
        "no_proxy": ",".join(filter(None, ["127.0.0.1,localhost", inherited.get("no_proxy")])),
    }


def command(*arguments: str) -> list[str]:
    """Command line of Airflow in the environment this program runs in."""
    return [sys.executable, "-m", "airflow", *arguments]


def url(settings: Settings) -> str:
    """Address of Airflow's pages and API."""
    return f"http://127.0.0.1:{settings.port('airflow')}"


def log_folder(settings: Settings) -> Path:
    """Folder of the tasks' logs."""
    return settings.home / "logs" / "tasks"


def password(settings: Settings, user: str) -> str:
    """Return the password of an account of Airflow's pages."""
    digest = hashlib.sha256(user.encode()).hexdigest()[:12] if user != ADMIN else ADMIN
    return settings.secret(f"airflow_password_{digest}")


def add_account(settings: Settings, user: str) -> None:
    """Remember a person who may sign off; Airflow knows the account from its next start on.

    Raises:
        KpiReportingError: the name cannot be an account name.
    """
    if not user.strip() or set(user) & set(":,|%\n"):
        raise KpiReportingError(
            f"{user!r} cannot be the name of an account: leave out colon, comma, bar and percent."
        )
    known = accounts(settings)
    if user not in known:
        write_whole(
            _folder(settings) / "accounts.json", json.dumps([*known, user], ensure_ascii=False), _OURS_ALONE
        )


def accounts(settings: Settings) -> list[str]:
    """Return the accounts of Airflow's pages; the first one administers."""
    path = _folder(settings) / "accounts.json"
    found: list[str] = json.loads(path.read_text("utf-8")) if path.exists() else [ADMIN]
    return found


def prepare_metadata(settings: Settings) -> bool:
    """Create and migrate Airflow's metadata database; say whether there was anything to do.

    Raises:
        KpiReportingError: the migration failed, with the last line of its log.
    """
    if not is_configured_outside():
        if settings.dsn is None:
            ensure_role(settings, METADATA)
        ensure_database(settings, METADATA, METADATA if settings.dsn is None else OWNER_ROLE)
        if settings.dsn is None:
            _own_database(settings)
    marker = _folder(settings) / "migrated"
    state = f"{version('apache-airflow-core')} {hashlib.sha256(_metadata_url(settings).encode()).hexdigest()}"
    if marker.exists() and marker.read_text("utf-8") == state:
        return False
    _migrate(settings)
    write_whole(marker, state)
    return True


def configure(settings: Settings) -> None:
    """Write airflow.cfg and the accounts' passwords, readable by us alone, unless the environment brings its own."""
    if is_configured_outside():
        return
    ports.known(settings, "airflow", PREFERRED_PORT)
    parser = RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_dict(_sections(settings))
    text = StringIO()
    parser.write(text)
    write_whole(_folder(settings) / "airflow.cfg", text.getvalue(), _OURS_ALONE)
    passwords = {user: password(settings, user) for user in accounts(settings)}
    write_whole(_passwords_file(settings), json.dumps(passwords, ensure_ascii=True), _OURS_ALONE)


def _sections(settings: Settings) -> dict[str, dict[str, str]]:
    users = [f"{user}:{'admin' if user == ADMIN else 'op'}" for user in accounts(settings)]
    return {
        "core": {
            "executor": "LocalExecutor",
            "parallelism": "8",
            "dags_folder": str(settings.project_dir / "dags"),
            "default_timezone": ZONE.key,
            "load_examples": "False",
            "dags_are_paused_at_creation": "False",
            "fernet_key": _fernet_key(settings),
            "execution_api_server_url": f"{url(settings)}/execution/",
            "simple_auth_manager_users": ",".join(users),
            "simple_auth_manager_passwords_file": str(_passwords_file(settings)),
        },
        "database": {"sql_alchemy_conn": _metadata_url(settings)},
        "api": {
            "host": "127.0.0.1",
            "port": str(settings.port("airflow")),
            "base_url": url(settings),
            "workers": "1",
            "secret_key": settings.secret("airflow_secret_key"),
            "expose_config": "False",
            "instance_name": "KPI reporting",
        },
        "api_auth": {"jwt_secret": settings.secret("airflow_jwt_secret")},
        "scheduler": {"scheduler_idle_sleep_time": "0.2"},
        "workers": {"min_heartbeat_interval": "1"},
        "dag_processor": {
            "refresh_interval": "15",
            "parsing_processes": "1",
            # A changed file is parsed at the next refresh all the same; an unchanged one only costs the night its CPU.
            "min_file_process_interval": "300",
        },
        "logging": {
            "base_log_folder": str(log_folder(settings)),
            "dag_processor_child_process_log_directory": str(settings.home / "logs" / "dag-files"),
        },
        "usage_data_collection": {"enabled": "False"},
        "openlineage": {"disabled": "True"},
        "cosmos": {"enable_telemetry": "False"},
    }


def _metadata_url(settings: Settings) -> str:
    if is_configured_outside():
        return os.environ.get(_METADATA_SETTING, "")
    dsn = settings.dsn_of(METADATA, METADATA if settings.dsn is None else OWNER_ROLE)
    return urlsplit(dsn)._replace(scheme="postgresql+psycopg2").geturl()


def _own_database(settings: Settings) -> None:
    import psycopg

    with psycopg.connect(settings.dsn_of("postgres")) as conn:
        conn.execute(f"alter database {METADATA} owner to {METADATA}")


def _migrate(settings: Settings) -> None:
    log = settings.home / "logs" / "airflow-migrate.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        done = subprocess.run(
            command("db", "migrate"),
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode != 0:
        raise KpiReportingError(
            f"Airflow's metadata cannot be brought up to date: {last_line(log)} (log: {log})."
        )


def last_line(log: Path) -> str:
    """Return the last line of a log that tells an error, or else the last one that says something."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()] if log.exists() else []
    newest = [line for line in reversed(lines[-_LAST_LINES:]) if line]
    errors = (line for line in newest if "error" in line.lower())
    return next(errors, newest[0] if newest else "it wrote no log")


def _fernet_key(settings: Settings) -> str:
    return base64.urlsafe_b64encode(
        hashlib.sha256(settings.secret("airflow_fernet_key").encode()).digest()
    ).decode()


def _folder(settings: Settings) -> Path:
    folder = settings.home / "airflow"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _passwords_file(settings: Settings) -> Path:
    return settings.home / "secrets" / "airflow_accounts.json"
