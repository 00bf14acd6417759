"""HTTP servers on this machine's loopback interface: JSON in, JSON out, and nothing left when they end."""

from __future__ import annotations

import hmac
import json
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from socket import socket
from threading import Event, Thread
from typing import Any, Self

from kpi_reporting.collect import Endpoint
from kpi_reporting.errors import KpiReportingError

ADDRESS = "127.0.0.1"
_MAX_BODY = 64 * 1024 * 1024
_IDLE_SECONDS = 60


def cannot_listen(port: int, error: OSError) -> KpiReportingError:
    """Return what is told of a port that is taken."""
    return KpiReportingError(f"Cannot listen on {ADDRESS}:{port}: {error.strerror}. Give another port.")


class LoopbackServer(ThreadingHTTPServer):
    """A server that answers inside a ``with`` block; ``stopping`` is set when it ends, so that nobody sleeps on."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type[JsonHandler], port: int = 0, token: str | None = None) -> None:
        """Listen on a port, or on any free one.

        Raises:
            KpiReportingError: the port is taken.
        """
        self.token = token or token_urlsafe(24)
        self.stopping = Event()
        try:
            super().__init__((ADDRESS, port), handler)
        except OSError as error:
            raise cannot_listen(port, error) from None

    @property
    def endpoint(self) -> Endpoint:
        """Where it answers, and the token it asks for."""
        return Endpoint(f"http://{ADDRESS}:{self.server_address[1]}", self.token)

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """A client that went away is its own business."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class JsonHandler(BaseHTTPRequestHandler):
    """What both servers need: the token looked at, the body read, JSON answered."""

    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        """Hand a question to the server at hand."""
        self.get()

    def do_POST(self) -> None:
        """Hand a message to the server at hand."""
        self.post()

    def get(self) -> None:
        """Answer a question; unless a server says otherwise there is nothing to ask."""
        self.answer(405, {"error": "GET is not understood here"})

    def post(self) -> None:
        """Take a message; unless a server says otherwise there is nothing to send."""
        self.close_connection = True
        self.answer(405, {"error": "POST is not understood here"})

    def log_message(self, *_: Any) -> None:
        """Say nothing: who called is told by what came of it."""

    def has_token(self) -> bool:
        """Tell whether the call carries the server's token."""
        given = self.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {self.server.token}".encode())

    def body(self) -> bytes | None:
        """Return the body of a call; None, and no further call on this connection, when its length is not told."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MAX_BODY:
            self.close_connection = True
            return None
        return self.rfile.read(int(length))

    def answer(
        self,
        status: int,
        content: Any,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send JSON, or bytes as they are."""
        data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
