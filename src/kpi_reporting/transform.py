"""Running dbt: the registry into its seeds, rows as sent into staging, accepted figures into marts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.periods import day_of
from kpi_reporting.registry import Registry, resolve
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse.computations import figures_locked, open_computation
from kpi_reporting.warehouse.known import known
from kpi_reporting.warehouse.nights import Night

STAGING = ("build", "--select", "staging", "--exclude-resource-type", "unit_test")
FIGURES = ("build", "--select", "intermediate", "marts", "--exclude-resource-type", "unit_test")

_STAGED_WITH = ("dbt_project.yml", "macros/**/*.sql", "models/registry/*", "models/staging/*.sql")
_COMPUTED_WITH = (*_STAGED_WITH, "models/intermediate/*.sql", "models/marts/*.sql")
READ_BY_NO_MODEL = ("contacts", "rule_overrides", "sources")
"""Files of the registry that no model reads: an address that changed computes no figure again."""
_WAITING = f"""
select exists (
    select from raw.unsettled_submissions as w
    {known("w")}
    where w.state = 'read' and s.state = 'read'
)
"""
_LAST_LOAD = "select sha256, aside_sha256 from registry.loads order by load_id desc limit 1"
_IN_DOUBT = "being loaded"
_NEW_LOAD = "insert into registry.loads (registry_code, sha256, aside_sha256) values (%s, %s, %s)"


@dataclass(frozen=True)
class TransformSummary:
    """How many models, tests and seeds ran, and the seconds each model took."""

    nodes: int
    seconds: dict[str, float]


NOTHING = TransformSummary(0, {})


@dataclass(frozen=True)
class Beside:
    """A second set of schemas, and the night it is computed for."""

    prefix: str
    night_id: str


def load_seeds(settings: Settings, registry: Registry, beside: Beside | None = None) -> None:
    """Seed the resolved registry.

    Raises:
        KpiReportingError: a file could not be loaded; it is loaded again by the next night.
    """
    resolve(registry, seeds_folder(settings, registry.code, beside))
    run_dbt(settings, registry.code, ["seed"], beside)


def load_aside(settings: Settings, registry: Registry) -> None:
    """Seed again what no model reads.

    Raises:
        KpiReportingError: a file could not be loaded; it is loaded again by the next night.
    """
    resolve(registry, seeds_folder(settings, registry.code))
    run_dbt(settings, registry.code, ["seed", "--select", *READ_BY_NO_MODEL])


def doubt_load(conn: psycopg.Connection, registry: Registry) -> None:
    """Say that the warehouse holds no registry as a whole while one is loaded, nor when that is broken off."""
    with conn.transaction():
        conn.execute(_NEW_LOAD, (registry.code, _IN_DOUBT, _IN_DOUBT))


def remember_load(conn: psycopg.Connection, settings: Settings, registry: Registry) -> None:
    """Keep what the warehouse was staged with, once everything is."""
    with conn.transaction():
        conn.execute(_NEW_LOAD, (registry.code, *_load_of(settings, registry)))


def waits_for_staging(conn: psycopg.Connection) -> bool:
    """Say whether there is anything new to stage, or nothing was ever staged."""
    with conn.transaction():  # a lock kept would stop dbt, which works in a session of its own
        staged = conn.execute("select to_regclass('staging.stg_submissions') is not null").fetchone()
        return staged != (True,) or conn.execute(_WAITING).fetchone() == (True,)


def stage_new(conn: psycopg.Connection, settings: Settings, registry: Registry) -> TransformSummary:
    """Stage what is new; everything, with the registry loaded anew, when the registry or a staging model changed."""
    staged_with, aside = _load_of(settings, registry)
    last_staged_with, last_aside = _last_load(conn)
    if staged_with != last_staged_with:
        return _stage_everything(conn, settings, registry)
    if aside != last_aside:
        load_aside(settings, registry)
        remember_load(conn, settings, registry)
    return stage(settings, registry.code, everything=False) if waits_for_staging(conn) else NOTHING


def _stage_everything(conn: psycopg.Connection, settings: Settings, registry: Registry) -> TransformSummary:
    doubt_load(conn, registry)
    load_seeds(settings, registry)
    summary = stage(settings, registry.code, everything=True)
    remember_load(conn, settings, registry)
    return summary


def stage(settings: Settings, registry_code: str, *, everything: bool) -> TransformSummary:
    """Build the staging models: for what is new, or for everything after the registry or a model changed."""
    return run_dbt(settings, registry_code, (*STAGING, "--full-refresh") if everything else STAGING)


def compute(
    conn: psycopg.Connection, settings: Settings, registry: Registry, night: Night
) -> TransformSummary:
    """Build observations, sums and candidate figures, with their tests: what changed, or everything if it must be."""
    with figures_locked(conn):
        is_full = open_computation(conn, night, _state_of_figures(settings, registry, night))
        return run_dbt(settings, registry.code, (*FIGURES, "--full-refresh") if is_full else FIGURES)


def seeds_folder(settings: Settings, registry_code: str, beside: Beside | None = None) -> Path:
    """Folder of the resolved registry that dbt reads."""
    return settings.home / "registries" / _place(registry_code, beside)


def _place(registry_code: str, beside: Beside | None) -> str:
    return f"{beside.prefix}{registry_code}" if beside else registry_code


def dbt_environment(settings: Settings, registry_code: str, beside: Beside | None = None) -> dict[str, str]:
    """What profiles.yml, dbt_project.yml and macros read from the environment."""
    server = psycopg.conninfo.conninfo_to_dict(settings.warehouse_dsn(registry_code))
    place = settings.home / "dbt" / _place(registry_code, beside)
    seeds = seeds_folder(settings, registry_code, beside)
    project = settings.project_dir / "dbt_project"
    return {
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
        "KPI_DBT_HOST": str(server.get("host", "127.0.0.1")),
        "KPI_DBT_PORT": str(server.get("port", 5432)),
        "KPI_DBT_USER": str(server.get("user", "kpi")),
        "KPI_DBT_PASSWORD": str(server.get("password", "")),
        "KPI_DBT_DBNAME": str(server["dbname"]),
        "KPI_RESOLVED_SEEDS": os.path.relpath(seeds, project),
        "KPI_SCHEMA_PREFIX": beside.prefix if beside else "",
        "KPI_NIGHT_ID": beside.night_id if beside else "",
        "DBT_TARGET_PATH": str(place / "target"),
        "DBT_LOG_PATH": str(place / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        # Statement by statement the log, and a manifest nobody reads, cost a night a fifth of its computing.
        "DBT_LOG_LEVEL_FILE": os.environ.get("DBT_LOG_LEVEL_FILE", "info"),
        "DBT_WRITE_JSON": "false",
    }


def run_dbt(
    settings: Settings,
    registry_code: str,
    command: list[str] | tuple[str, ...],
    beside: Beside | None = None,
) -> TransformSummary:
    """Run a dbt command in this process, quietly.

    Raises:
        KpiReportingError: naming each failing model, test or seed with its message and the log's path.
    """
    from dbt.cli.main import dbtRunner

    environment = dbt_environment(settings, registry_code, beside)
    with _environment(environment):
        outcome = dbtRunner().invoke([*command, "--quiet"])
    if not outcome.success:
        raise KpiReportingError(_failure(outcome, command[0], environment["DBT_LOG_PATH"]))
    results = list(getattr(outcome.result, "results", None) or ())
    return TransformSummary(len(results), {one.node.name: round(one.execution_time, 3) for one in results})


def _failure(outcome: Any, command: str, logs: str) -> str:
    failed = [
        f"{one.node.resource_type} {one.node.name}: {' '.join(str(one.message).split())}"
        for one in getattr(outcome.result, "results", None) or ()
        if one.status in ("error", "fail", "runtime error")
    ]
    why = "; ".join(failed) or " ".join(str(outcome.exception).split())
    return f"dbt {command} failed. {why} (log: {logs}/dbt.log)"


def _state_of_figures(settings: Settings, registry: Registry, night: Night) -> str:
    """State of what figures are computed with; another one from the day on which other units exist."""
    today = day_of(night.as_of)
    boundaries = max((day for day in registry.history.boundary_days if day <= today), default=today)
    return f"{_state(settings, registry, _COMPUTED_WITH)} {boundaries}"


def _last_load(conn: psycopg.Connection) -> tuple[str, str]:
    with conn.transaction():
        return conn.execute(_LAST_LOAD).fetchone() or ("", "")


def _load_of(settings: Settings, registry: Registry) -> tuple[str, str]:
    """What the warehouse is staged with, and what is only loaded beside it."""
    aside = hashlib.sha256("".join(registry.file_sha256[name] for name in READ_BY_NO_MODEL).encode())
    return _state(settings, registry, _STAGED_WITH), aside.hexdigest()


def _state(settings: Settings, registry: Registry, patterns: tuple[str, ...]) -> str:
    """Hash of the files of the registry that models read, and of what works with them."""
    files = sorted(one for one in registry.file_sha256.items() if one[0] not in READ_BY_NO_MODEL)
    digest = hashlib.sha256(repr(files).encode())
    for pattern in patterns:
        for path in sorted((settings.project_dir / "dbt_project").glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """dbt takes its settings from the environment only; put back what was there before."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
