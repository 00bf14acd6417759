"""Addresses and tokens come from Airflow connections and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpi_reporting.collect import Endpoint

NATIONAL_CONNECTION = "national_system"


def endpoint(connection_id: str) -> Endpoint | None:
    """Return the connection's address and token, or None when no such connection is defined."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    from kpi_reporting.collect import Endpoint

    try:
        connection = Connection.get(connection_id)
    except AirflowNotFoundException:
        return None
    scheme = connection.schema or connection.conn_type
    port = f":{connection.port}" if connection.port else ""
    return Endpoint(base_url=f"{scheme}://{connection.host}{port}", token=connection.password or "")
