"""Collecting: payloads of every source, stored as they came and entered in the ledger before anything else."""

from kpi_reporting.collect.collect import collect_batch, collect_source, keep_failure
from kpi_reporting.collect.outcomes import Endpoint, SourceFailure, SourceOutcome
from kpi_reporting.collect.plan import plan_batches

__all__ = [
    "Endpoint",
    "SourceFailure",
    "SourceOutcome",
    "collect_batch",
    "collect_source",
    "keep_failure",
    "plan_batches",
]
