"""Addresses and tokens come from Airflow connections and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from kpi_reporting.collect import AnyEndpoint, Endpoint, SftpEndpoint
    from kpi_reporting.reminders import MailServer

NATIONAL_CONNECTION = "national_system"
MAIL_CONNECTION = "smtp_default"


def source_endpoint(connection_id: str) -> AnyEndpoint | None:
    """Return where a source answers and our credentials there, or None when no such connection is defined."""
    connection = _connection(connection_id)
    if connection is None:
        return None
    return _sftp(connection) if connection.conn_type in ("sftp", "ssh") else _http(connection)


def endpoint(connection_id: str) -> Endpoint | None:
    """Return the connection's address and token, or None when no such connection is defined."""
    connection = _connection(connection_id)
    return None if connection is None else _http(connection)


def mail_server(connection_id: str) -> MailServer | None:
    """Return the mail server of a connection of type smtp, or None when no such connection is defined."""
    connection = _connection(connection_id)
    return None if connection is None else _smtp(connection)


def _connection(connection_id: str) -> Connection | None:
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return Connection.get(connection_id)
    except AirflowNotFoundException:
        return None


def _http(connection: Connection) -> Endpoint:
    from kpi_reporting.collect import Endpoint

    scheme = connection.schema or connection.conn_type
    port = f":{connection.port}" if connection.port else ""
    return Endpoint(base_url=f"{scheme}://{connection.host}{port}", token=connection.password or "")


def _sftp(connection: Connection) -> SftpEndpoint:
    """The names in the extra are those of Airflow's own SSH connections."""
    from kpi_reporting.collect import SftpEndpoint

    extra = connection.extra_dejson
    return SftpEndpoint(
        host=connection.host or "",
        port=connection.port or 22,
        user=connection.login or "",
        host_key=extra.get("host_key", ""),
        password=connection.password or "",
        private_key=extra.get("private_key", ""),
    )


def _smtp(connection: Connection) -> MailServer:
    """The names in the extra are those of Airflow's own SMTP connections: TLS from the start unless disable_ssl."""
    from kpi_reporting.reminders import MailServer

    extra = connection.extra_dejson
    return MailServer(
        host=connection.host or "",
        from_email=extra.get("from_email") or connection.login or "",
        port=connection.port or 0,
        login=connection.login or "",
        password=connection.password or "",
        security="none" if _is_off(extra, "tls") and _is_off(extra, "ssl") else _encryption(extra),
    )


def _is_off(extra: dict[str, Any], kind: str) -> bool:
    """A switch of the extra, which Airflow's pages write as a text or as a truth value."""
    return str(extra.get(f"disable_{kind}", False)).lower() == "true"


def _encryption(extra: dict[str, Any]) -> Literal["ssl", "starttls"]:
    return "starttls" if _is_off(extra, "ssl") else "ssl"
