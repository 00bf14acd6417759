"""What a connection of Airflow becomes for the package."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.dags


@pytest.fixture
def define(monkeypatch: pytest.MonkeyPatch, dag_bag: Any) -> Any:
    """Define a connection by Airflow's own variable; the bag has put the DAG folder on the path."""

    def defined(name: str, **parts: Any) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(parts))

    return defined


def test_an_sftp_connection_carries_its_host_key(define: Any) -> None:
    from airflow_support.connections import source_endpoint
    from kpi_reporting.collect import SftpEndpoint

    extra = {"host_key": "ssh-ed25519 AAAA", "private_key": "PEM"}
    define("one_sftp", conn_type="sftp", host="files.example", login="kpi", password="geheim", extra=extra)
    found = source_endpoint("one_sftp")
    assert found == SftpEndpoint("files.example", 22, "kpi", "ssh-ed25519 AAAA", "geheim", "PEM")
    assert "geheim" not in repr(found)
    assert "PEM" not in repr(found)


def test_another_connection_is_an_address_and_a_token(define: Any) -> None:
    from airflow_support.connections import endpoint, source_endpoint

    define("one_api", conn_type="https", host="api.example", port=8443, password="geheim")
    for found in (source_endpoint("one_api"), endpoint("one_api")):
        assert found is not None
        assert (found.base_url, found.token) == ("https://api.example:8443", "geheim")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("extra", "security"),
    [
        ({}, "ssl"),
        ({"disable_ssl": True}, "starttls"),
        ({"disable_ssl": "true", "disable_tls": "true"}, "none"),
        ({"disable_tls": True}, "ssl"),
    ],
)
def test_a_mail_connection_is_encrypted_unless_it_says_otherwise(
    define: Any, extra: dict[str, Any], security: str
) -> None:
    from airflow_support.connections import mail_server

    named = {"from_email": "nhac-viec@province.example", **extra}
    define(
        "smtp_default",
        conn_type="smtp",
        host="mail.example",
        port=2525,
        login="kpi",
        password="geheim",
        extra=named,
    )
    found = mail_server("smtp_default")
    assert found is not None
    assert (found.host, found.port, found.login, found.password) == ("mail.example", 2525, "kpi", "geheim")
    assert (found.from_email, found.security) == ("nhac-viec@province.example", security)
    assert "geheim" not in repr(found)
