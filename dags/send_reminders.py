"""Each sender that owes reports and has not filed them gets one digest a day by mail; no part of the night."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, dag, task

from airflow_support.connections import MAIL_CONNECTION, mail_server
from airflow_support.defaults import dag_defaults, reminder_schedule


@task
def remind(dag_run: Any = None) -> dict[str, Any]:
    """Send the digests of the day; who was reminded today is not reminded again."""
    from airflow.sdk.exceptions import AirflowSkipException

    from kpi_reporting.reminders import remind_senders

    server = mail_server(MAIL_CONNECTION)
    if server is None:
        raise AirflowSkipException(
            f"no Airflow connection {MAIL_CONNECTION!r}: nobody is reminded; "
            "add it under Admin > Connections and clear this task"
        )
    return remind_senders(dag_run.conf or {}, dag_run.run_after, server)


@dag(
    **dag_defaults(schedule=reminder_schedule()),
    tags=["reminders"],
    doc_md=__doc__,
    params={
        "registry": Param("", type="string", description="Registry folder; empty means the configured one."),
        "as_of": Param(
            "", type="string", description="Instant with offset; empty means when the run is due."
        ),
    },
)
def send_reminders() -> None:
    """One task: what was sent is kept mail by mail, so that it can be cleared at any time."""
    remind()


send_reminders()
