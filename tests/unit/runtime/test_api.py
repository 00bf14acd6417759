"""The client of Airflow's API against recorded answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from kpi_reporting.collect import Endpoint, SftpEndpoint
from kpi_reporting.runtime.api import AirflowClient, AirflowError, TaskInstance

URL = "http://127.0.0.1:8181"
RUN = "night__2025-07-17T01:00:00+07:00__1"
TASK = TaskInstance("collect_submissions", RUN, "retry_sender", 3, "Sở Y tế", "failed", 1, 2.5)


class Recorded(requests.adapters.BaseAdapter):
    """Answers by method and path, and remembers what was asked."""

    def __init__(self, answers: dict[tuple[str, str], list[tuple[int, Any]]]) -> None:
        super().__init__()
        self.answers = answers
        self.asked: list[tuple[str, str, Any]] = []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        path = request.path_url.split("?", maxsplit=1)[0]
        self.asked.append((str(request.method), path, json.loads(request.body or "null")))
        status, content = self.answers[str(request.method), path].pop(0)
        if status == 0:
            raise requests.ConnectionError
        answer = requests.Response()
        answer.status_code, answer._content, answer.request = status, json.dumps(content).encode(), request
        return answer

    def close(self) -> None:
        """Nothing is open."""


def client(
    answers: dict[tuple[str, str], list[tuple[int, Any]]], monkeypatch: pytest.MonkeyPatch
) -> tuple[AirflowClient, Recorded]:
    recorded = Recorded({("POST", "/auth/token"): [(201, {"access_token": "token"})], **answers})
    monkeypatch.setattr(requests.Session, "get_adapter", lambda *_, **__: recorded)
    return AirflowClient(URL, "admin", "secret"), recorded


def test_an_unknown_account_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown, _ = client({("POST", "/auth/token"): [(401, {})]}, monkeypatch)
    with pytest.raises(AirflowError, match="no account for admin"):
        unknown.login()


def test_a_question_nobody_answered_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v2/importErrors"
    again, recorded = client({("GET", path): [(0, None), (200, {"import_errors": []})]}, monkeypatch)
    assert again.import_errors() == {}
    assert len(recorded.asked) == 3


def test_an_order_nobody_answered_is_not_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v2/dags/collect_submissions/dagRuns"
    once, recorded = client({("POST", path): [(0, None)]}, monkeypatch)
    with pytest.raises(AirflowError, match="does not answer"):
        once.trigger("collect_submissions", RUN, {"as_of": "2025-07-17T01:00:00+07:00"})
    assert [asked[1] for asked in recorded.asked] == ["/auth/token", path]


def test_a_run_that_does_not_exist_yet_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v2/dags/build_kpis/dagRuns/night__2025-07-17T01%3A00%3A00%2B07%3A00__1"
    waiting, _ = client({("GET", path): [(404, {"detail": "not found"})]}, monkeypatch)
    assert waiting.run("build_kpis", RUN) is None


def test_the_reason_of_a_failure_is_the_error_it_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    path = (
        "/api/v2/dags/collect_submissions/dagRuns/night__2025-07-17T01%3A00%3A00%2B07%3A00__1"
        "/taskInstances/retry_sender/logs/1"
    )
    content = [
        {"event": "collecting"},
        {
            "event": "Task failed",
            "error_detail": [{"exc_type": "AirflowFailException", "exc_value": "Sở Y tế: 500"}],
        },
        {"event": "Finished"},
    ]
    failed, _ = client({("GET", path): [(200, {"content": content})]}, monkeypatch)
    assert failed.reason(TASK) == "Sở Y tế: 500"


def test_a_connection_is_made_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    one, all_ = "/api/v2/connections/sender_api", "/api/v2/connections"
    made, recorded = client({("PATCH", one): [(404, {})], ("POST", all_): [(201, {})]}, monkeypatch)
    made.set_connection("sender_api", Endpoint("http://127.0.0.1:9001", "token"))
    assert recorded.asked[-1] == (
        "POST",
        all_,
        {
            "connection_id": "sender_api",
            "conn_type": "http",
            "schema": "http",
            "host": "127.0.0.1",
            "port": 9001,
            "login": None,
            "password": "token",
            "extra": None,
        },
    )


def test_a_connection_to_an_sftp_server_replaces_all_parts_of_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = "/api/v2/connections/sender_sftp"
    known, recorded = client({("PATCH", one): [(200, {})]}, monkeypatch)
    known.set_connection(
        "sender_sftp", SftpEndpoint("127.0.0.1", 9002, "kpi", "ssh-ed25519 AAAA", "password")
    )
    method, path, body = recorded.asked[-1]
    assert (method, path) == ("PATCH", one)
    assert json.loads(body.pop("extra")) == {"host_key": "ssh-ed25519 AAAA", "private_key": ""}
    assert body == {
        "connection_id": "sender_sftp",
        "conn_type": "sftp",
        "schema": None,
        "host": "127.0.0.1",
        "port": 9002,
        "login": "kpi",
        "password": "password",
    }


def test_a_mapped_task_is_read_with_the_name_of_its_value() -> None:
    assert TASK.label == "retry_sender [Sở Y tế]"
