"""Rules every DAG keeps."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

DAGS = {
    "collect_submissions",
    "build_kpis",
    "export_national",
    "rebuild_shadow",
    "replay_submission",
    "send_reminders",
}
FILES = sorted(Path(__file__).parents[2].joinpath("dags").glob("*.py"))

pytestmark = pytest.mark.dags


def test_every_dag_is_found_and_no_file_fails(dag_bag: Any) -> None:
    assert dag_bag.import_errors == {}
    assert set(dag_bag.dags) == DAGS


def test_each_file_loads_in_under_a_second(dag_bag: Any) -> None:
    # The first file pays for Airflow's own imports, whichever file it is: a parser process pays that once.
    durations = sorted(stats.duration.total_seconds() for stats in dag_bag.dagbag_stats)
    assert len(durations) == len(FILES)
    assert durations[-2] < 1.0


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_dag_has_owner_tags_documentation_and_one_clock(dag_bag: Any, dag_id: str) -> None:
    dag = dag_bag.dags[dag_id]
    assert dag.tags
    assert dag.doc_md
    assert not dag.catchup
    assert dag.timezone.name == "Asia/Ho_Chi_Minh"
    assert {task.owner for task in dag.tasks} == {"kpi-reporting"}


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_tasks_retry_except_those_that_are_a_retry(dag_bag: Any, dag_id: str) -> None:
    without = {task.task_id for task in dag_bag.dags[dag_id].tasks if task.retries == 0}
    # A comparison that failed fails again; what differs is kept.
    once = {"collect_submissions": {"retry_sender"}, "rebuild_shadow": {"rebuild_and_compare"}}
    assert without == once.get(dag_id, set())


def test_a_failing_sender_is_named_and_does_not_stop_reading(dag_bag: Any) -> None:
    dag = dag_bag.dags["collect_submissions"]
    assert dag.get_task("retry_sender").map_index_template == "{{ sender }}"
    asked = dag.get_task("every_sender_asked")
    assert asked.trigger_rule == "all_done"
    assert asked.upstream_task_ids == {"collect_batch", "retry_sender"}
    read = dag.get_task("read_submissions")
    assert (read.trigger_rule, read.upstream_task_ids) == (
        "all_success",
        {"open_night", "every_sender_asked"},
    )
    assert {task.task_id for task in dag.leaves} == {"start_build_kpis"}


def test_an_answer_that_cannot_be_written_stops_no_figure(dag_bag: Any) -> None:
    dag = dag_bag.dags["build_kpis"]
    assert dag.get_task("answer_senders").upstream_task_ids == {"check_at_door"}
    answered = dag.get_task("every_sender_answered")
    assert (answered.trigger_rule, answered.upstream_task_ids) == ("all_done", {"answer_senders"})
    assert dag.get_task("publish").upstream_task_ids == {"check_at_exit"}
    assert {task.task_id for task in dag.leaves} == {"start_export_national"}


def test_a_replay_collects_nothing_and_builds_as_every_night(dag_bag: Any) -> None:
    dag = dag_bag.dags["replay_submission"]
    assert {task.task_id for task in dag.tasks} == {"replay", "read_submissions", "start_build_kpis"}
    assert dag.get_task("start_build_kpis").upstream_task_ids == {"replay", "read_submissions"}
    assert dag.get_task("start_build_kpis").trigger_dag_id == "build_kpis"


def test_reminders_are_no_part_of_the_night(dag_bag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow_support.defaults import reminder_schedule

    dag = dag_bag.dags["send_reminders"]
    assert {task.task_id for task in dag.tasks} == {"remind"}
    started = {
        getattr(task, "trigger_dag_id", None) for other in dag_bag.dags.values() for task in other.tasks
    }
    assert "send_reminders" not in started
    assert reminder_schedule() is None
    monkeypatch.setenv("KPI_REMINDER_SCHEDULE", "0 8 * * 1-5")
    assert reminder_schedule() == "0 8 * * 1-5"


def test_without_a_mail_server_nobody_is_reminded_and_the_task_is_skipped(
    dag_bag: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk.exceptions import AirflowSkipException

    monkeypatch.setattr("airflow_support.connections._connection", lambda _: None)
    with pytest.raises(
        AirflowSkipException, match="no Airflow connection 'smtp_default': nobody is reminded"
    ):
        dag_bag.dags["send_reminders"].get_task("remind").python_callable()


def test_nothing_leaves_before_a_decision(dag_bag: Any) -> None:
    dag = dag_bag.dags["export_national"]
    assert dag.get_task("deliver").upstream_task_ids == {"record_decision"}
    assert "approve_publication" in dag.get_task("record_decision").upstream_task_ids


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_is_named_like_a_dbt_plugin_and_none_imports_the_package_at_parse(path: Path) -> None:
    assert not path.name.startswith("dbt_")
    modules = [
        name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    ]
    assert not [name for name in modules if name and name.startswith("kpi_reporting")]
