"""Read one submission again that was kept out, after what was at fault here was mended; then build as every night."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, dag, task

from airflow_support.defaults import dag_defaults


@task
def replay(dag_run: Any = None) -> dict[str, str]:
    """Open the night and put the submission back among those that wait to be read."""
    from kpi_reporting import night

    return night.replay_submission({**dag_run.conf}, scheduled_for=dag_run.run_after)


@task
def read_submissions(night_conf: dict[str, str]) -> dict[str, int]:
    """Read it from the bytes as they came, by the registry as it is now."""
    from kpi_reporting import night

    return night.read(night_conf)


@dag(
    **dag_defaults(),
    tags=["night", "collect"],
    doc_md=__doc__,
    params={
        "submission": Param(
            type="integer", minimum=1, description="Number, as `kpi-reporting quarantine` lists it."
        ),
        "registry": Param("", type="string", description="Registry folder; empty means the configured one."),
        "as_of": Param("", type="string", description="Instant with offset; empty means now."),
    },
)
def replay_submission() -> None:
    """Nothing is collected; everything after reading is that of a night."""
    conf = replay()
    start_build_kpis = TriggerDagRunOperator(
        task_id="start_build_kpis",
        trigger_dag_id="build_kpis",
        trigger_run_id="{{ run_id }}",
        reset_dag_run=True,
        logical_date=None,
        conf=conf,
        openlineage_inject_parent_info=False,
    )
    read_submissions(conf) >> start_build_kpis


replay_submission()
