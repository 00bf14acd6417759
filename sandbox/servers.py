"""The servers of the sandbox together: the senders' APIs, their SFTP server and the national system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kpi_reporting.collect import AnyEndpoint
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry
from kpi_reporting.runtime.api import AirflowClient
from sandbox.loopback_sftp import LoopbackSftp, serving
from sandbox.national_system import Archive, NationalSystem
from sandbox.province import Province
from sandbox.sender_api import Misbehaviour, SenderApi

NATIONAL_CONNECTION = "national_system"


@dataclass(frozen=True)
class Servers:
    """The servers while they answer; ``endpoints`` are their addresses and credentials by Airflow's connection."""

    senders: SenderApi
    sftp: LoopbackSftp
    national: NationalSystem
    endpoints: Mapping[str, AnyEndpoint]

    @contextmanager
    def known_to(self, client: AirflowClient) -> Iterator[None]:
        """Have Airflow know inside the block where the servers are, in place of what it was told before.

        Afterwards it forgets them, so that no later night asks servers that are gone.
        """
        try:
            for connection_id, endpoint in self.endpoints.items():
                client.set_connection(connection_id, endpoint)
            yield
        finally:
            with suppress(KpiReportingError):
                for connection_id in self.endpoints:
                    client.delete_connection(connection_id)


@contextmanager
def servers(
    registry: Registry,
    province: Province,
    national_folder: Path | None = None,
    misbehaving: Mapping[str, Misbehaviour] | None = None,
    ports: tuple[int, int, int] = (0, 0, 0),
) -> Iterator[Servers]:
    """Have the servers answering inside the block, on free ports of 127.0.0.1 unless others are given.

    ``misbehaving`` says which sender's location does what; without it the province's silent senders hang.
    ``national_folder`` keeps accepted packets from one run to the next.

    Raises:
        KpiReportingError: a port is taken, or the folder holds something else.
    """
    if misbehaving is None:
        misbehaving = dict.fromkeys(province.silent, Misbehaviour.HANG)
    with (
        SenderApi(province.deliveries, misbehaving, ports[0], deletions=province.deletions) as senders,
        NationalSystem(Archive(registry, national_folder), ports[1]) as national,
        serving(province.sent_files, ports[2]) as sftp,
    ):
        by_kind: dict[str, AnyEndpoint] = {"http_api": senders.endpoint, "sftp": sftp.endpoint}
        endpoints = {one.connection_id: by_kind[one.kind] for one in registry.sources if one.connection_id}
        yield Servers(senders, sftp, national, {**endpoints, NATIONAL_CONNECTION: national.endpoint})
