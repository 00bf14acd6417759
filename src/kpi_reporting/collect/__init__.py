"""Collecting: payloads of every source, stored as they came and entered in the ledger before anything else."""

from kpi_reporting.collect.collect import collect_batch, collect_source, keep_failure
from kpi_reporting.collect.outcomes import AnyEndpoint, Endpoint, SftpEndpoint, SourceFailure, SourceOutcome
from kpi_reporting.collect.plan import plan_batches

__all__ = [
    "AnyEndpoint",
    "Endpoint",
    "SftpEndpoint",
    "SourceFailure",
    "SourceOutcome",
    "collect_batch",
    "collect_source",
    "keep_failure",
    "plan_batches",
]
