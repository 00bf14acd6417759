"""Airflow's REST API, as much of it as a night needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from kpi_reporting.errors import KpiReportingError

if TYPE_CHECKING:
    from kpi_reporting.collect import AnyEndpoint

_TIMEOUT_SECONDS = 30
_ANY_MAP_INDEX = -1
FINISHED = frozenset({"success", "failed"})


class AirflowError(KpiReportingError):
    """Airflow's API did not do what it was asked."""


@dataclass(frozen=True)
class Dag:
    """A DAG as Airflow last read it from its file."""

    dag_id: str
    is_paused: bool
    read_at: datetime | None


@dataclass(frozen=True)
class DagRun:
    """One run of a DAG."""

    dag_id: str
    run_id: str
    state: str
    start: datetime | None
    end: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long the run took; None while it runs."""
        return (self.end - self.start).total_seconds() if self.start and self.end else None


@dataclass(frozen=True)
class TaskInstance:
    """One task of a run; a mapped task has one for each of its values, told apart by ``map_name``."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    map_name: str
    state: str
    try_number: int
    seconds: float | None

    @property
    def label(self) -> str:
        """What a person reads: the task, and for which value it ran."""
        return f"{self.task_id} [{self.map_name}]" if self.map_index != _ANY_MAP_INDEX else self.task_id


@dataclass(frozen=True)
class AirflowClient:
    """Talks to the API at ``url`` as an account; safe requests are repeated when nobody answers."""

    url: str
    user: str
    password: str

    def login(self) -> None:
        """Prove that the account is known.

        Raises:
            AirflowError: it is not, or nobody answers.
        """
        _ = self._session

    def dags(self) -> list[Dag]:
        """Return the DAGs whose files were read."""
        found = self._get("/dags", limit=100)["dags"]
        return [Dag(dag["dag_id"], dag["is_paused"], _instant(dag["last_parsed_time"])) for dag in found]

    def import_errors(self) -> dict[str, str]:
        """Return the DAG files that cannot be read, with the last line of each error."""
        found = self._get("/importErrors", limit=100)["import_errors"]
        return {error["filename"]: error["stack_trace"].strip().splitlines()[-1] for error in found}

    def unpause(self, dag_id: str) -> None:
        """Let a DAG's runs start."""
        self._send("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, Any]) -> None:
        """Start a run without a logical date: the night's clock stands in its conf."""
        self._send(
            "POST",
            f"/dags/{dag_id}/dagRuns",
            {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)},
        )

    def run(self, dag_id: str, run_id: str) -> DagRun | None:
        """Return a run, or None while it does not exist."""
        try:
            return _run(self._get(_run_path(dag_id, run_id)))
        except _NotFoundError:
            return None

    def runs(self, dag_id: str, run_id_prefix: str = "", *states: str) -> list[DagRun]:
        """Return a DAG's newest runs whose id begins with a prefix, in certain states when any are given."""
        found = self._get(f"/dags/{dag_id}/dagRuns", limit=100, order_by="-run_after", state=list(states))
        return [_run(run) for run in found["dag_runs"] if run["dag_run_id"].startswith(run_id_prefix)]

    def fail_run(self, run: DagRun, note: str) -> None:
        """End a run and say why."""
        self._send("PATCH", _run_path(run.dag_id, run.run_id), {"state": "failed", "note": note})

    def tasks(self, dag_id: str, run_id: str) -> list[TaskInstance]:
        """Return the run's tasks in the order they started."""
        found = self._get(f"{_run_path(dag_id, run_id)}/taskInstances", limit=1000)["task_instances"]
        return [_task(task) for task in sorted(found, key=lambda task: task["start_date"] or "9")]

    def reason(self, task: TaskInstance) -> str:
        """Return why a task's last try failed: the error it raised, or else the last line it wrote."""
        path = f"{_run_path(task.dag_id, task.run_id)}/taskInstances/{task.task_id}/logs/{task.try_number}"
        content = self._get(path, map_index=task.map_index)["content"]
        raised = [entry["error_detail"][0]["exc_value"] for entry in content if entry.get("error_detail")]
        said = [str(entry.get("event", "")) for entry in content if entry.get("event")]
        return str((raised or said or ["it wrote no log"])[-1])

    def answer(self, task: TaskInstance, option: str, note: str = "") -> None:
        """Answer a task that waits for a person; the account of this client is kept as that person."""
        path = (
            f"{_run_path(task.dag_id, task.run_id)}/taskInstances/{task.task_id}/{task.map_index}/hitlDetails"
        )
        self._send("PATCH", path, {"chosen_options": [option], "params_input": {"note": note}})

    def set_connection(self, connection_id: str, endpoint: AnyEndpoint) -> None:
        """Say where a sender or the national system answers and our credentials there, in place of what was said."""
        body = {"connection_id": connection_id, **_parts_of(endpoint)}
        try:
            self._send("PATCH", f"/connections/{connection_id}", body)
        except _NotFoundError:
            self._send("POST", "/connections", body)

    def delete_connection(self, connection_id: str) -> None:
        """Forget a connection, if there is one."""
        try:
            self._send("DELETE", f"/connections/{connection_id}", None)
        except _NotFoundError:
            return

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # our own services are reached directly, whatever proxy the machine has
        account = {"username": self.user, "password": self.password}
        answer = self._ask(session, "POST", "/auth/token", json=account)
        if answer.status_code == requests.codes.unauthorized:
            raise AirflowError(
                f"The running Airflow has no account for {self.user}: `kpi-reporting down`, then try again."
            )
        session.headers["Authorization"] = f"Bearer {_check(answer).json()['access_token']}"
        return session

    def _get(self, path: str, **parameters: Any) -> Any:
        again = Retrying(
            retry=retry_if_exception_type(_NoAnswerError),
            stop=stop_after_attempt(4),
            wait=wait_exponential(0.2, max=2),
            reraise=True,
        )
        return again(self._call, "GET", path, params=parameters).json()

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> None:
        self._call(method, path, json=body)

    def _call(self, method: str, path: str, **content: Any) -> requests.Response:
        return _check(self._ask(self._session, method, f"/api/v2{path}", **content))

    def _ask(self, session: requests.Session, method: str, path: str, **content: Any) -> requests.Response:
        try:
            return session.request(method, f"{self.url}{path}", timeout=_TIMEOUT_SECONDS, **content)
        except (requests.ConnectionError, requests.Timeout):
            raise _NoAnswerError(f"Airflow does not answer at {self.url}.") from None


class _NoAnswerError(AirflowError):
    """Nobody listens, or not in time."""


class _NotFoundError(AirflowError):
    """There is no such thing."""


def _check(answer: requests.Response) -> requests.Response:
    if answer.ok:
        return answer
    kind = _NotFoundError if answer.status_code == requests.codes.not_found else AirflowError
    raise kind(
        f"Airflow answered {answer.status_code} to {answer.request.method} {answer.request.path_url}: "
        f"{answer.text[:300].strip()}"
    )


def _parts_of(endpoint: AnyEndpoint) -> dict[str, Any]:
    """Return all parts of a connection: one that is not named keeps what it held, also within the extra."""
    from kpi_reporting.collect import SftpEndpoint  # readers of this module need none of what it brings along

    if isinstance(endpoint, SftpEndpoint):
        keys = {"host_key": endpoint.host_key, "private_key": endpoint.private_key}
        return {
            "conn_type": "sftp",
            "schema": None,
            "host": endpoint.host,
            "port": endpoint.port,
            "login": endpoint.user,
            "password": endpoint.password,
            "extra": json.dumps(keys),
        }
    place = urlsplit(endpoint.base_url)
    return {
        "conn_type": "http",
        "schema": place.scheme,
        "host": place.hostname,
        "port": place.port,
        "login": None,
        "password": endpoint.token,
        "extra": None,
    }


def _run_path(dag_id: str, run_id: str) -> str:
    return f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"


def _run(told: Mapping[str, Any]) -> DagRun:
    return DagRun(
        dag_id=told["dag_id"],
        run_id=told["dag_run_id"],
        state=told["state"],
        start=_instant(told["start_date"]),
        end=_instant(told["end_date"]),
    )


def _task(told: Mapping[str, Any]) -> TaskInstance:
    return TaskInstance(
        dag_id=told["dag_id"],
        run_id=told["dag_run_id"],
        task_id=told["task_id"],
        map_index=told["map_index"],
        map_name=told["rendered_map_index"] or str(told["map_index"]),
        state=told["state"] or "none",
        try_number=told["try_number"],
        seconds=told["duration"],
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
