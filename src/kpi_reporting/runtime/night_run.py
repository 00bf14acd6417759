"""One night from the first file to the receipt, driven through Airflow's API and told step by step."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import load_registry
from kpi_reporting.runtime import airflow
from kpi_reporting.runtime.api import FINISHED, AirflowClient, DagRun, TaskInstance
from kpi_reporting.runtime.last_registry import remember_registry
from kpi_reporting.runtime.progress import WAREHOUSE, OnProgress, Progress, silent
from kpi_reporting.runtime.supervisor import Services, services
from kpi_reporting.runtime.warehouse import ensure_warehouse
from kpi_reporting.settings import Settings

COLLECT, BUILD, EXPORT = DAGS = ("collect_submissions", "build_kpis", "export_national")
APPROVAL_TASK, APPROVE = "approve_publication", "Approve"
SENDER_TASK = "retry_sender"
_STATES = {
    "success": "success",
    "failed": "failed",
    "upstream_failed": "skipped",
    "skipped": "skipped",
    "removed": "skipped",
    "running": "running",
    "up_for_retry": "waiting",
    "awaiting_input": "waiting",
}
_RUN_ID_PREFIX = "night__"
_POLL_SECONDS = 0.5
_HAND_OVER_SECONDS = 60.0
_DAG_FILES_SECONDS = 60.0
# An answer in the very moment a task parks overtakes the executor's word that the process ended, and Airflow then
# takes the resumed task for a lost one. A person is never that fast.
_SETTLE_SECONDS = 2.0
_QUIET_TASKS = frozenset({
    "start_build_kpis", "start_export_national", "failing_senders", "every_sender_asked"
})  # fmt: skip


@dataclass(frozen=True)
class TaskFailure:
    """A task that failed: which, for whom when it was mapped, why in one line, and where its log lies."""

    dag_id: str
    label: str
    map_name: str
    reason: str
    log: Path

    def __str__(self) -> str:
        return f"{self.dag_id}: {self.label} failed: {self.reason} (log: {self.log})"


@dataclass(frozen=True)
class NightOutcome:
    """How a night went.

    ``states`` and ``seconds`` are by DAG; a DAG that was not reached is missing. ``approval`` is ``approved``,
    ``waiting`` (a person still has to sign off) or ``none`` (nothing new to sign off). ``failures`` made a DAG
    fail; ``failed_senders`` did not, the others' figures went on without them.
    """

    run_id: str
    states: Mapping[str, str]
    seconds: Mapping[str, float]
    failed_senders: tuple[TaskFailure, ...]
    failures: tuple[TaskFailure, ...]
    approval: str

    @property
    def succeeded(self) -> bool:
        """Whether every DAG of the night was reached and none failed."""
        return not self.failures and self.states.keys() == set(DAGS)


@dataclass
class _Follower:
    """Watches the DAG runs of a night and remembers what was told already."""

    running: Services
    client: AirflowClient
    approver: AirflowClient | None
    run_id: str
    on_progress: OnProgress
    told: dict[tuple[str, str, int], str] = field(default_factory=dict)
    failures: dict[tuple[str, str, int], TaskFailure] = field(default_factory=dict)
    approval: str = "none"
    parked_at: float | None = None

    def follow(self, dag_id: str) -> DagRun:
        """Watch one DAG's run until it ends, or until it waits for a person nobody speaks for."""
        run = self._wait_for_run(dag_id)
        while True:
            run = self.client.run(dag_id, self.run_id) or run
            self._look_at_tasks(dag_id)
            if run.state in FINISHED or self.approval == "waiting":
                return run
            self.running.check()
            time.sleep(_POLL_SECONDS)

    def _wait_for_run(self, dag_id: str) -> DagRun:
        deadline = time.monotonic() + _HAND_OVER_SECONDS
        while (run := self.client.run(dag_id, self.run_id)) is None:
            self.running.check()
            if time.monotonic() > deadline:
                raise KpiReportingError(
                    f"The run {self.run_id} of {dag_id} was not started by the DAG before it; "
                    f"see {airflow.url(self.running.settings)}."
                )
            time.sleep(_POLL_SECONDS)
        return run

    def _look_at_tasks(self, dag_id: str) -> None:
        for task in self.client.tasks(dag_id, self.run_id):
            key = (task.dag_id, task.task_id, task.map_index)
            state = _STATES.get(task.state)
            if state is not None and self.told.get(key) != state:
                self.told[key] = state
                self._tell(task, state)
            if task.task_id == APPROVAL_TASK and task.state == "awaiting_input":
                self._sign_off(task)

    def _tell(self, task: TaskInstance, state: str) -> None:
        detail = ""
        if task.state in {"failed", "up_for_retry"}:
            detail = self.client.reason(task)
        if task.state == "failed":
            failure = TaskFailure(
                task.dag_id, task.label, task.map_name, detail, _log_of(self.running.settings, task)
            )
            self.failures[task.dag_id, task.task_id, task.map_index] = failure
        nobody_failed = task.task_id == SENDER_TASK and state == "skipped"
        if state == "failed" or not (task.task_id in _QUIET_TASKS or nobody_failed):
            self.on_progress(Progress(task.dag_id, task.label, state, task.seconds, detail))

    def _sign_off(self, task: TaskInstance) -> None:
        if self.approver is None:
            self.approval = "waiting"
        elif self.parked_at is None:
            self.parked_at = time.monotonic()
        elif self.approval == "none" and time.monotonic() - self.parked_at >= _SETTLE_SECONDS:
            self.approver.answer(task, APPROVE)
            self.approval = "approved"


def run_night(
    settings: Settings,
    registry_dir: Path,
    inbox: Path,
    as_of: datetime,
    approve_as: str | None = None,
    on_progress: OnProgress = silent,
    running: Services | None = None,
) -> NightOutcome:
    """Run a night's three DAGs and return how it went.

    Services that were not there are there for the night alone; a caller that has them inside its own block passes
    them as ``running``.

    ``as_of`` (aware) is the night's clock; ``approve_as`` names who signs off through Airflow's API, without it the
    night ends when the publication waits for a signature.

    Raises:
        RegistryError: the registry has problems; nothing was started.
        KpiReportingError: services or warehouse cannot be had, or a run was not handed over.
    """
    registry = load_registry(registry_dir)
    if not inbox.is_dir():
        raise KpiReportingError(
            f"The inbox {inbox} is not a folder: give the folder the senders' files lie in."
        )
    remember_registry(settings, registry)
    accounts = [approve_as] if approve_as else []
    with nullcontext(running) if running else services(settings, on_progress, accounts) as running:
        running.wait_for_postgres()
        _prepare_warehouse(settings, registry.code, on_progress)
        client = running.wait_until_ready()
        approver = running.client(approve_as) if approve_as else None
        if approver:
            approver.login()
        _prepare_dags(running, client)
        conf = {"registry": str(registry.folder), "inbox": str(inbox.absolute()), "as_of": as_of.isoformat()}
        return _run(running, client, approver, conf, on_progress)


def _prepare_warehouse(settings: Settings, registry_code: str, on_progress: OnProgress) -> None:
    began = time.monotonic()
    ensure_warehouse(settings, registry_code)
    on_progress(Progress(WAREHOUSE, f"kpi_{registry_code}", "success", time.monotonic() - began))


def _prepare_dags(running: Services, client: AirflowClient) -> None:
    """Wait until the DAG files were read as they are now, and let runs start."""
    deadline = time.monotonic() + _DAG_FILES_SECONDS
    since = running.began if running.started else 0.0
    while True:
        dags = {dag.dag_id: dag for dag in client.dags() if dag.read_at and dag.read_at.timestamp() >= since}
        if dags.keys() >= set(DAGS):
            break
        if errors := client.import_errors():
            file, reason = next(iter(errors.items()))
            raise KpiReportingError(f"The DAG file {file} cannot be read: {reason}")
        if time.monotonic() > deadline:
            missing = ", ".join(sorted(set(DAGS) - dags.keys()))
            raise KpiReportingError(
                f"Airflow does not find the DAGs {missing} in {running.settings.project_dir}/dags."
            )
        running.check()
        time.sleep(_POLL_SECONDS)
    for dag in dags.values():
        if dag.is_paused:
            client.unpause(dag.dag_id)
    if running.started:
        _end_left_overs(client, _RUN_ID_PREFIX)


def _end_left_overs(client: AirflowClient, run_id_prefix: str) -> None:
    """End runs of an interrupted night: they would go on with the next start and keep that night waiting."""
    for dag_id in (COLLECT, BUILD):
        for run in client.runs(dag_id, run_id_prefix, "running", "queued"):
            client.fail_run(run, "The night was interrupted.")


def _run(
    running: Services,
    client: AirflowClient,
    approver: AirflowClient | None,
    conf: Mapping[str, str],
    on_progress: OnProgress,
) -> NightOutcome:
    prefix = f"{_RUN_ID_PREFIX}{conf['as_of']}__"
    run_id = f"{prefix}{_next_number(client, prefix)}"
    client.trigger(COLLECT, run_id, conf)
    follower = _Follower(running, client, approver, run_id, on_progress)
    runs: dict[str, DagRun] = {}
    try:
        for dag_id in DAGS:
            runs[dag_id] = follower.follow(dag_id)
            if runs[dag_id].state != "success":
                break
    except (KeyboardInterrupt, SystemExit):
        with suppress(KpiReportingError):
            _end_left_overs(client, run_id)
        raise
    return _outcome(follower, runs)


def _next_number(client: AirflowClient, prefix: str) -> int:
    numbers = [int(run.run_id.removeprefix(prefix)) for run in client.runs(COLLECT, prefix)]
    return max(numbers, default=0) + 1


def _outcome(follower: _Follower, runs: Mapping[str, DagRun]) -> NightOutcome:
    senders = {key: failure for key, failure in follower.failures.items() if key[1] == SENDER_TASK}
    failures = {
        key: failure
        for key, failure in follower.failures.items()
        if key not in senders and runs[key[0]].state == "failed"
    }
    return NightOutcome(
        run_id=follower.run_id,
        states={dag_id: run.state for dag_id, run in runs.items()},
        seconds={dag_id: run.seconds for dag_id, run in runs.items() if run.seconds is not None},
        failed_senders=tuple(senders.values()),
        failures=tuple(failures.values()),
        approval=follower.approval,
    )


def _log_of(settings: Settings, task: TaskInstance) -> Path:
    parts = [f"dag_id={task.dag_id}", f"run_id={task.run_id}", f"task_id={task.task_id}"]
    if task.map_index >= 0:
        parts.append(f"map_index={task.map_index}")
    return airflow.log_folder(settings).joinpath(*parts, f"attempt={task.try_number}.log")
