"""A sender's API on this machine that can be told how to misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Answer = Callable[["Handler", dict[str, str]], None]


class Handler(BaseHTTPRequestHandler):
    """Hands each call to what was set for its path."""

    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.calls.append((parts.path, query, self.headers.get("Authorization", "")))
        self.server.answers[parts.path](self, query)

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""

    def answer(self, body: Any, status: int = 200) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    """The server, its answers by path, and the calls it got."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.calls: list[tuple[str, dict[str, str], str]] = []
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


def item(
    name: str, payload: dict[str, Any], submitted_at: str = "2025-07-16T08:00:00+07:00"
) -> dict[str, Any]:
    return {"id": name, "submitted_at": submitted_at, "payload": payload}


def pages_of(items: list[dict[str, Any]], total: int | None = None) -> Answer:
    """Answer page by page, announcing as many items as there are unless told otherwise."""

    def answer(handler: Handler, query: dict[str, str]) -> None:
        size = int(query["page_size"])
        start = (int(query["page"]) - 1) * size
        announced = len(items) if total is None else total
        handler.answer({"total": announced, "page": int(query["page"]), "items": items[start : start + size]})

    return answer


def failing(status: int, times: int, then: Answer | None = None) -> Answer:
    """Answer with an error so many times, then properly."""
    left = [times]

    def answer(handler: Handler, query: dict[str, str]) -> None:
        if left[0] > 0 or then is None:
            left[0] -= 1
            handler.answer({"error": "token geheim"}, status)
        else:
            then(handler, query)

    return answer


def silent(handler: Handler, _: dict[str, str]) -> None:
    """Take the call and say nothing."""
    time.sleep(8)


def dripping(handler: Handler, _: dict[str, str]) -> None:
    """Send a byte now and then, for ever: no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(60):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.4)


def text(body: bytes) -> Answer:
    return lambda handler, _: handler.answer(body)
