"""How a night is followed: what is told, what counts as failed, who signs off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime import night_run
from kpi_reporting.runtime.api import Dag, DagRun, TaskInstance
from kpi_reporting.runtime.progress import Progress
from kpi_reporting.settings import get_settings

CONF = {"registry": "/registry", "inbox": "/inbox", "as_of": "2025-07-17T01:00:00+07:00"}
PREFIX = "night__2025-07-17T01:00:00+07:00__"
START, END = datetime(2026, 1, 1, 1, 0, 0, tzinfo=UTC), datetime(2026, 1, 1, 1, 0, 9, tzinfo=UTC)


def task(dag_id: str, task_id: str, state: str, map_index: int = -1, name: str = "-1") -> TaskInstance:
    return TaskInstance(dag_id, f"{PREFIX}1", task_id, map_index, name, state, 1, 1.5)


@dataclass
class Airflow:
    """Stands for Airflow: runs that end at once, with the tasks they are given."""

    tasks_of: dict[str, list[TaskInstance]]
    states: dict[str, str] = field(default_factory=dict)
    earlier: list[str] = field(default_factory=list)
    triggered: list[tuple[str, str]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def trigger(self, dag_id: str, run_id: str, conf: Any) -> None:
        assert conf == CONF
        self.triggered.append((dag_id, run_id))

    def run(self, dag_id: str, run_id: str) -> DagRun:
        return DagRun(dag_id, run_id, self.states.get(dag_id, "success"), START, END)

    def runs(self, dag_id: str, prefix: str = "", *states: str) -> list[DagRun]:
        found = self.earlier if dag_id == "collect_submissions" else []
        return [DagRun(dag_id, one, "running" if states else "success", START, END) for one in found]

    def fail_run(self, run: DagRun, note: str) -> None:
        self.ended.append(run.run_id)

    def tasks(self, dag_id: str, run_id: str) -> list[TaskInstance]:
        return self.tasks_of.get(dag_id, [])

    def reason(self, task: TaskInstance) -> str:
        return f"why {task.map_name} failed"

    def answer(self, task: TaskInstance, option: str) -> None:
        self.answered.append(option)
        self.states["export_national"] = "success"

    def dags(self) -> list[Dag]:
        return []

    def import_errors(self) -> dict[str, str]:
        return {"dags/build_kpis.py": "SyntaxError: invalid syntax"}


@dataclass
class Running:
    """Stands for the services: alive."""

    settings: Any = field(default_factory=lambda: replace(get_settings(), home=Path("/home/kpi")))
    started: bool = True
    began: float = 0.0

    def check(self) -> None:
        """They run."""


def follow(
    airflow: Airflow, approver: Airflow | None = None
) -> tuple[night_run.NightOutcome, list[Progress]]:
    told: list[Progress] = []
    outcome = night_run._run(Running(), airflow, approver, CONF, told.append)  # type: ignore[arg-type]
    return outcome, told


def test_the_same_night_again_has_the_next_number() -> None:
    airflow = Airflow({}, earlier=[f"{PREFIX}1", f"{PREFIX}9", f"{PREFIX}10"])
    outcome, _ = follow(airflow)
    assert airflow.triggered == [("collect_submissions", f"{PREFIX}11")]
    assert outcome.succeeded
    assert outcome.seconds == {"collect_submissions": 9.0, "build_kpis": 9.0, "export_national": 9.0}


def test_a_failing_sender_is_named_and_does_not_fail_the_night() -> None:
    airflow = Airflow(
        {"collect_submissions": [task("collect_submissions", "retry_sender", "failed", 0, "Sở Y tế")]}
    )
    outcome, told = follow(airflow)
    assert outcome.succeeded
    assert [failure.map_name for failure in outcome.failed_senders] == ["Sở Y tế"]
    assert told[0].step == "retry_sender [Sở Y tế]"
    assert told[0].detail == "why Sở Y tế failed"
    assert str(outcome.failed_senders[0].log).endswith("task_id=retry_sender/map_index=0/attempt=1.log")


def test_a_failed_stage_ends_the_night_with_task_reason_and_log() -> None:
    airflow = Airflow(
        {
            "build_kpis": [
                task("build_kpis", "stage", "failed"),
                task("build_kpis", "compute", "upstream_failed"),
            ]
        },
        states={"build_kpis": "failed"},
    )
    outcome, told = follow(airflow)
    assert not outcome.succeeded
    assert outcome.states == {"collect_submissions": "success", "build_kpis": "failed"}
    assert [failure.label for failure in outcome.failures] == ["stage"]
    assert "task_id=stage/attempt=1.log" in str(outcome.failures[0])
    assert [(one.step, one.state) for one in told] == [("stage", "failed"), ("compute", "skipped")]


def test_without_a_person_the_night_ends_when_it_waits_for_one() -> None:
    waiting = {"export_national": [task("export_national", "approve_publication", "awaiting_input")]}
    outcome, _ = follow(Airflow(waiting, states={"export_national": "running"}))
    assert outcome.approval == "waiting"
    assert outcome.succeeded


def test_the_person_named_signs_off_once() -> None:
    waiting = {"export_national": [task("export_national", "approve_publication", "awaiting_input")]}
    airflow = Airflow(waiting, states={"export_national": "running"})
    outcome, _ = follow(airflow, approver=airflow)
    assert airflow.answered == ["Approve"]
    assert outcome.approval == "approved"


def test_runs_left_over_by_an_interrupted_night_are_ended() -> None:
    airflow = Airflow({}, earlier=[f"{PREFIX}1"])
    night_run._end_left_overs(airflow, PREFIX)  # type: ignore[arg-type]
    assert airflow.ended == [f"{PREFIX}1"]


def test_a_dag_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(KpiReportingError, match=r"dags/build_kpis\.py cannot be read: SyntaxError"):
        night_run._prepare_dags(Running(), Airflow({}))  # type: ignore[arg-type]


def test_an_inbox_that_is_no_folder_is_refused_before_anything_starts(tmp_path: Path) -> None:
    settings = replace(get_settings(), home=tmp_path / "home")
    with pytest.raises(KpiReportingError, match="is not a folder"):
        night_run.run_night(settings, settings.registry_dir, tmp_path / "missing", START)
    assert not settings.home.exists()
