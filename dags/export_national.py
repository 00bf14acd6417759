"""A person signs off exactly the published figures; then they go to the national reporting system."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, TriggerRule, dag, task

from airflow_support.connections import NATIONAL_CONNECTION, endpoint
from airflow_support.defaults import dag_defaults

APPROVE, REFUSE = "Approve", "Refuse"


@task.short_circuit(ignore_downstream_trigger_rules=False)
def prepare_signoff(dag_run: Any = None) -> dict[str, Any] | None:
    """Find the publication that awaits a signature; without one the approval is skipped."""
    from kpi_reporting import night

    return night.prepare_signoff(dag_run.conf)


@task
def record_decision(signoff: dict[str, Any], answer: dict[str, Any], dag_run: Any = None) -> dict[str, Any]:
    """Keep who decided what on which hash, and queue the messages of approved figures."""
    from kpi_reporting import night

    return night.record_decision(
        dag_run.conf,
        signoff,
        approved=answer["chosen_options"] == [APPROVE],
        approver=(answer["responded_by_user"] or {}).get("name", "unknown"),
        decided_at=answer["responded_at"],
        note=answer["params_input"].get("note") or None,
    )


@task(trigger_rule=TriggerRule.NONE_FAILED)
def deliver(dag_run: Any = None) -> dict[str, Any]:
    """Send queued messages with their idempotency keys and keep the receipts."""
    from airflow.sdk.exceptions import AirflowSkipException

    from kpi_reporting import night

    national = endpoint(NATIONAL_CONNECTION)
    if national is None:
        raise AirflowSkipException(
            f"no Airflow connection {NATIONAL_CONNECTION!r}: messages stay queued; "
            "add it under Admin > Connections and clear this task"
        )
    return night.deliver(dag_run.conf, national)


@dag(**dag_defaults(max_active_runs=8), tags=["night", "export"], doc_md=__doc__)
def export_national() -> None:
    """Wire the sign-off before the delivery; nights waiting for a signature do not block later ones."""
    signoff = prepare_signoff()
    approve_publication = HITLOperator(
        task_id="approve_publication",
        subject="Sign off publication {{ ti.xcom_pull('prepare_signoff')['publication_id'] }}",
        body="{{ ti.xcom_pull('prepare_signoff')['summary'] }}",
        options=[APPROVE, REFUSE],
        params={"note": Param("", type=["null", "string"], description="Remark kept with the decision.")},
    )
    signoff >> approve_publication
    record_decision(signoff, approve_publication.output) >> deliver()


export_national()
