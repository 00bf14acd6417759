"""Every night: fetch what the senders filed, store it, and understand which report each payload is."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, TriggerRule, dag, get_current_context, task

from airflow_support.connections import source_endpoint
from airflow_support.defaults import dag_defaults, night_schedule


@task
def open_night(dag_run: Any = None, ti: Any = None) -> list[list[str]]:
    """Validate the registry as a whole, fix the night's clock, and return the batches of sources."""
    from kpi_reporting import night

    opened = night.open_night({**dag_run.conf}, scheduled_for=dag_run.run_after)
    ti.xcom_push("conf", opened["conf"])
    return opened["batches"]


@task(map_index_template="{{ batch }}")
def collect_batch(night_conf: dict[str, str], sources: list[str]) -> list[dict[str, Any]]:
    """Collect from a batch of sources; return those that failed, for a task of their own."""
    from kpi_reporting import night

    get_current_context()["batch"] = ", ".join(sources)
    return night.collect(night_conf, sources, source_endpoint)


@task
def failing_senders(batches: Any) -> list[dict[str, Any]]:
    """Flatten the failures of all batches."""
    return [failure for batch in batches for failure in batch]


@task(map_index_template="{{ sender }}", retries=0)
def retry_sender(night_conf: dict[str, str], failure: dict[str, Any], ti: Any = None) -> None:
    """Ask one failing sender again; it stays red under the sender's name when it fails again, until it is cleared."""
    from airflow.sdk.exceptions import AirflowFailException

    from kpi_reporting import night
    from kpi_reporting.errors import SourceError

    get_current_context()["sender"] = failure["sender"]
    try:
        night.collect_again(night_conf, failure, source_endpoint, at_once=ti.try_number == 1)
    except SourceError as error:
        raise AirflowFailException(str(error)) from None


@task
def read_submissions(night_conf: dict[str, str]) -> dict[str, int]:
    """Read every payload that is new: who files which form for which period, and its rows as sent."""
    from kpi_reporting import night

    return night.read(night_conf)


@dag(
    **dag_defaults(schedule=night_schedule()),
    tags=["night", "collect"],
    doc_md=__doc__,
    params={
        "registry": Param("", type="string", description="Registry folder; empty means the configured one."),
        "inbox": Param("", type="string", description="Drop folder; empty means the configured one."),
        "as_of": Param(
            "", type="string", description="Instant with offset; empty means when the run is due."
        ),
    },
)
def collect_submissions() -> None:
    """Wire the tasks; the run's state follows the last one, so a failing sender never fails the night."""
    batches = open_night()
    conf = batches["conf"]
    collected = collect_batch.partial(night_conf=conf).expand(sources=batches)
    retried = retry_sender.partial(night_conf=conf).expand(failure=failing_senders(collected))
    # The night goes on without failing senders, but not without an opened night.
    every_sender_asked = EmptyOperator(task_id="every_sender_asked", trigger_rule=TriggerRule.ALL_DONE)
    read = read_submissions(conf)
    start_build_kpis = TriggerDagRunOperator(
        task_id="start_build_kpis",
        trigger_dag_id="build_kpis",
        trigger_run_id="{{ run_id }}",
        reset_dag_run=True,
        logical_date=None,
        conf=conf,
        openlineage_inject_parent_info=False,
    )
    [collected, retried] >> every_sender_asked >> read >> start_build_kpis


collect_submissions()
