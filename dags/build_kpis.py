"""From rows as sent to published figures: stage, check at the door, compute, check at the exit, publish."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, TriggerRule, dag, task

from airflow_support.defaults import dag_defaults

PUBLISHED_FIGURES = Asset("kpi_reporting_published_figures", uri="kpi-reporting://reporting/kpi_values")


@task
def stage(dag_run: Any = None) -> dict[str, Any]:
    """dbt staging: cells typed and mapped, nothing dropped silently."""
    from kpi_reporting import night

    return night.stage(dag_run.conf)


@task
def check_at_door(dag_run: Any = None) -> dict[str, Any]:
    """Great Expectations, one run per form over all new rows; good submissions take force."""
    from kpi_reporting import night

    return night.check_at_door(dag_run.conf)


@task
def answer_senders(dag_run: Any = None) -> dict[str, Any]:
    """Tell each sender what became of its filing: a page, its workbook with the faulty cells marked, or JSON."""
    from kpi_reporting import night

    return night.answer_senders(dag_run.conf)


@task
def compute(dag_run: Any = None) -> dict[str, Any]:
    """dbt intermediate and marts: accepted observations to candidate figures."""
    from kpi_reporting import night

    return night.compute(dag_run.conf)


@task
def check_at_exit(dag_run: Any = None) -> dict[str, Any]:
    """Great Expectations on the candidate against what is published; a bad figure stops alone."""
    from kpi_reporting import night

    return night.check_at_exit(dag_run.conf)


@task(outlets=[PUBLISHED_FIGURES])
def publish(dag_run: Any = None, outlet_events: Any = None) -> dict[str, Any]:
    """One transaction: what differs goes to the tables readers see, under one publication id."""
    from kpi_reporting import night

    published = night.publish(dag_run.conf)
    outlet_events[PUBLISHED_FIGURES].extra = published
    return published


@dag(**dag_defaults(), tags=["night", "build"], doc_md=__doc__)
def build_kpis() -> None:
    """Wire the stages one after the other; an answer that cannot be written stays red and stops nothing."""
    start_export_national = TriggerDagRunOperator(
        task_id="start_export_national",
        trigger_dag_id="export_national",
        trigger_run_id="{{ run_id }}",
        reset_dag_run=True,
        logical_date=None,
        conf="{{ dag_run.conf | tojson }}",
        openlineage_inject_parent_info=False,
    )
    judged, published = check_at_door(), publish()
    every_sender_answered = EmptyOperator(task_id="every_sender_answered", trigger_rule=TriggerRule.ALL_DONE)
    stage() >> judged >> compute() >> check_at_exit() >> published
    judged >> answer_senders() >> every_sender_answered
    [published, every_sender_answered] >> start_export_national


build_kpis()
