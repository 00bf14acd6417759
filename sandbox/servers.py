"""Both servers of the sandbox together: the senders' APIs and the national system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry
from kpi_reporting.runtime.api import AirflowClient
from sandbox.national_system import Archive, NationalSystem
from sandbox.province import Province
from sandbox.sender_api import Misbehaviour, SenderApi

NATIONAL_CONNECTION = "national_system"


@dataclass(frozen=True)
class Servers:
    """The servers while they answer; ``endpoint`` of each holds its address and token."""

    senders: SenderApi
    national: NationalSystem
    sender_connections: tuple[str, ...]

    @contextmanager
    def known_to(self, client: AirflowClient) -> Iterator[None]:
        """Have Airflow know inside the block where the servers are, in place of what it was told before.

        Afterwards it forgets them, so that no later night asks servers that are gone.
        """
        answering = {
            **dict.fromkeys(self.sender_connections, self.senders),
            NATIONAL_CONNECTION: self.national,
        }
        try:
            for connection_id, server in answering.items():
                client.set_connection(connection_id, server.endpoint.base_url, server.endpoint.token)
            yield
        finally:
            with suppress(KpiReportingError):
                for connection_id in answering:
                    client.delete_connection(connection_id)


@contextmanager
def servers(
    registry: Registry,
    province: Province,
    national_folder: Path | None = None,
    misbehaving: Mapping[str, Misbehaviour] | None = None,
    ports: tuple[int, int] = (0, 0),
) -> Iterator[Servers]:
    """Have both servers answering inside the block, on free ports of 127.0.0.1 unless others are given.

    ``misbehaving`` says which sender's location does what; without it the province's silent senders hang.
    ``national_folder`` keeps accepted packets from one run to the next.

    Raises:
        KpiReportingError: a port is taken, or the folder holds something else.
    """
    if misbehaving is None:
        misbehaving = dict.fromkeys(province.silent, Misbehaviour.HANG)
    connections = dict.fromkeys(one.connection_id for one in registry.sources if one.connection_id)
    with (
        SenderApi(province.deliveries, misbehaving, ports[0], deletions=province.deletions) as senders,
        NationalSystem(Archive(registry, national_folder), ports[1]) as national,
    ):
        yield Servers(senders, national, tuple(connections))
