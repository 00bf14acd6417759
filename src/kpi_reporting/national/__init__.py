"""Sign-off and delivery of published figures to the national reporting system."""

from kpi_reporting.national.adapter import Adapter, Draft
from kpi_reporting.national.client import DeliverySummary, Endpoint, deliver
from kpi_reporting.national.outbox import enqueue, idempotency_key
from kpi_reporting.national.qcvn125 import Qcvn125
from kpi_reporting.national.signoff import Signoff, prepare_signoff, record_decision

__all__ = [
    "Adapter",
    "DeliverySummary",
    "Draft",
    "Endpoint",
    "Qcvn125",
    "Signoff",
    "deliver",
    "enqueue",
    "idempotency_key",
    "prepare_signoff",
    "record_decision",
]
