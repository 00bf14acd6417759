"""Everything is computed again beside the warehouse and compared cell by cell with what nights kept up to date."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, dag, task

from airflow_support.defaults import dag_defaults, rebuild_schedule


@task(retries=0)
def rebuild_and_compare(dag_run: Any = None) -> dict[str, Any]:
    """Build all models from the rows as sent, in schemas of their own; fail with the cells that differ."""
    from kpi_reporting import night

    return night.rebuild(dag_run.conf or {})


@dag(
    **dag_defaults(schedule=rebuild_schedule()),
    tags=["night", "rebuild"],
    doc_md=__doc__,
    params={
        "registry": Param("", type="string", description="Registry folder; empty means the configured one."),
    },
)
def rebuild_shadow() -> None:
    """One task: what differs is kept in quality.rebuild_differences and held back from publication."""
    rebuild_and_compare()


rebuild_shadow()
