"""Collecting from sources: one after the other, or a batch of which no member can stop another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg

from kpi_reporting.catalogue import built_in
from kpi_reporting.collect.drop_folder import collect_folder
from kpi_reporting.collect.http_api import collect_api
from kpi_reporting.collect.ledger import Ledger
from kpi_reporting.collect.outcomes import AnyEndpoint, Endpoint, SftpEndpoint, SourceFailure, SourceOutcome
from kpi_reporting.collect.politeness import Gates
from kpi_reporting.errors import SourceError
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.landing import Landing
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night

_THREADS = 64


def collect_source(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    source_code: str,
    endpoint: AnyEndpoint | None,
    landing: str,
) -> SourceOutcome:
    """Collect from one source; a failure is also kept as a finding, since nothing will try again tonight.

    Raises:
        SourceError: the sender's fault, naming the sender and the way out.
    """
    source = _source(registry, source_code)
    try:
        return _collect(source, night, endpoint, Ledger(conn, night), Landing(landing, registry.code))
    except SourceError as error:
        keep_failure(conn, registry, night, error)
        raise


def keep_failure(conn: psycopg.Connection, registry: Registry, night: Night, error: SourceError) -> None:
    """Keep a failure as a finding."""
    store_findings(conn, night, [_finding(_source(registry, error.source_code), error)])


def collect_batch(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    source_codes: Sequence[str],
    endpoints: Mapping[str, AnyEndpoint],
    landing: str,
) -> list[SourceOutcome | SourceFailure]:
    """Collect from many sources and return what came of each, in the order given.

    Senders are waited for at the same time, so several that hang cost the night what one costs; how many at a time is
    limited, also for those behind one connection.
    """
    ledger, store = Ledger(conn, night), Landing(landing, registry.code)
    gates = Gates(registry.sources)

    def outcome(source_code: str) -> SourceOutcome | SourceFailure:
        try:
            source = _source(registry, source_code)
            with gates.open_for(source):
                return _collect(source, night, endpoints.get(source_code), ledger, store)
        except SourceError as error:
            return SourceFailure.of(error)

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="source") as threads:
        return list(threads.map(outcome, source_codes))


def _source(registry: Registry, source_code: str) -> Source:
    found = next((source for source in registry.sources if source.source_code == source_code), None)
    if found is None:
        raise SourceError(
            source_code,
            source_code,
            f"Không có nguồn {source_code} trong danh mục.",
            f"The registry {registry.folder} has no source {source_code!r}.",
            "Start the night again, so that its batches follow the registry as it is now.",
        )
    return found


def _collect(
    source: Source, night: Night, endpoint: AnyEndpoint | None, ledger: Ledger, landing: Landing
) -> SourceOutcome:
    if source.kind == "drop_folder":
        return collect_folder(source, night, ledger, landing)
    if endpoint is None:
        raise SourceError(
            source.source_code,
            source.name_vi,
            "Chưa khai báo kết nối tới hệ thống của đơn vị gửi.",
            f"The Airflow connection {source.connection_id!r} is not defined.",
            f"Define {source.connection_id!r} with address and token (Airflow, Admin, Connections).",
        )
    if source.kind == "sftp" and isinstance(endpoint, SftpEndpoint):
        from kpi_reporting.collect.sftp import collect_sftp

        return collect_sftp(source, endpoint, night, ledger, landing)
    if source.kind == "http_api" and isinstance(endpoint, Endpoint):
        return collect_api(source, endpoint, night, ledger, landing)
    raise SourceError(
        source.source_code,
        source.name_vi,
        "Kết nối khai báo không đúng loại.",
        f"The Airflow connection {source.connection_id!r} is of another kind than {source.kind}.",
        f"Give {source.connection_id!r} the type sftp for a source of the kind sftp, and http or https for an API.",
    )


def _finding(source: Source, error: SourceError) -> Finding:
    rule = built_in(error.rule_id)
    return rule.finding(
        message_vi=error.message_vi,
        message_en=error.message_en,
        sender_code=source.unit_code,
        subject=source.source_code,
    )
