"""A national system over real HTTP that misbehaves on demand."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

ACCEPTED: tuple[int, dict[str, Any]] = (200, {"status": "accepted", "receipt_id": "R1", "items": []})


@dataclass
class NationalSystem:
    """What the server received, and what it does with the next packets: answers, or None for no answer in time."""

    base_url: str = ""
    token: str = "secret"
    posts: list[tuple[str, str, bytes]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    next_answers: list[tuple[int, dict[str, Any]] | None] = field(default_factory=list)

    def packets(self) -> list[str]:
        return [packet for packet, _, _ in self.posts]


def handler(system: NationalSystem) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            system.posts.append((self.path.removeprefix("/packets/"), key, body))
            planned = system.next_answers.pop(0) if system.next_answers else ACCEPTED
            if planned is None:
                system.kept[key] = ACCEPTED[1]
                time.sleep(1.5)
                return
            if planned[0] == 200:
                system.kept[key] = planned[1]
            self.answer(*planned)

        def do_GET(self) -> None:
            key = self.path.split("/")[2]
            system.questions.append(key)
            self.answer(200, system.kept[key]) if key in system.kept else self.answer(404, {})

        def answer(self, status: int, content: dict[str, Any]) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
