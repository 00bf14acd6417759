"""A national reporting system that checks what it gets, for trying on a delivery.

``POST /packets/<packet>`` with ``Idempotency-Key`` and a bearer token answers a receipt; ``GET /packets/<key>/status``
answers the same receipt again. It is no copy of the real one, whose interface is not public.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry
from sandbox import INVENTED_EN
from sandbox.loopback import JsonHandler, LoopbackServer
from sandbox.national_checks import Accepted, Judged, PacketRefused, judge, read_message
from sandbox.national_messages import Message

_LONGEST_SILENCE_SECONDS = 600
_BODY, _RECEIPT = ".body.json", ".receipt.json"
Receipt = dict[str, Any]


class Misbehaviour(StrEnum):
    """What can go wrong with one packet."""

    ERROR = "error"
    BAD_REQUEST = "bad_request"
    SILENT_AFTER_ACCEPTING = "silent_after_accepting"
    PART_REFUSAL = "part_refusal"


@dataclass(frozen=True)
class Kept:
    """A packet that was accepted, wholly or in part."""

    key: str
    message: Message
    body: bytes
    receipt: Receipt


class Archive:
    """Accepted packets by their key, in memory and, where a folder is given, there as well."""

    def __init__(self, registry: Registry, folder: Path | None = None) -> None:
        """Begin with what the folder holds from before.

        Raises:
            KpiReportingError: the folder holds something that was never accepted under this registry.
        """
        self._registry, self._folder = registry, folder
        self._lock = Lock()
        self.known = Accepted()
        self.packets: dict[str, Kept] = {}
        try:
            for path in sorted(folder.glob(f"*{_RECEIPT}")) if folder else []:
                self._load(path)
        except (PacketRefused, ValueError, LookupError, FileNotFoundError) as error:
            raise KpiReportingError(
                f"{path} is no packet the sandbox's national system accepted ({error}): delete {folder}."
            ) from None

    def _load(self, path: Path) -> None:
        receipt = json.loads(path.read_text("utf-8"))
        body = path.with_name(path.name.replace(_RECEIPT, _BODY)).read_bytes()
        message = read_message(self._registry, json.loads(body)["packet"], receipt["key"], body)
        self._keep(Kept(receipt["key"], message, body, receipt), judge(message, self.known))

    def receive(self, packet: str, key: str, body: bytes, *, refuse_first: bool = False) -> Receipt:
        """Judge a packet and return its receipt; the same key gives the same receipt and changes nothing.

        Raises:
            PacketRefused: it is refused as a whole.
        """
        with self._lock:
            if key in self.packets and self.packets[key].body == body:
                return self.packets[key].receipt
            message = read_message(self._registry, packet, key, body)
            judged = judge(message, self.known)
            if refuse_first and judged:
                judged[0] = Judged(judged[0].key, judged[0].item, "refused on purpose")
            kept = Kept(key, message, body, _receipt(key, len(self.packets) + 1, judged))
            if kept.receipt["status"] != "refused":
                self._write(kept)
                self._keep(kept, judged)
            return kept.receipt

    def _keep(self, kept: Kept, judged: Iterable[Judged]) -> None:
        self.packets[kept.key] = kept
        refused = {item["key"] for item in kept.receipt["items"] if item["status"] != "accepted"}
        self.known.remember(kept.message, [one.item for one in judged if one.key not in refused])

    def _write(self, kept: Kept) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        subject = kept.message.business_key.replace("/", "-")
        stem = f"{kept.receipt['number']:06d}-{subject}-{kept.message.revision}"
        (self._folder / f"{stem}{_BODY}").write_bytes(kept.body)
        draft = self._folder / f"{stem}.part"
        draft.write_text(json.dumps(kept.receipt, ensure_ascii=False, indent=1), "utf-8")
        draft.replace(self._folder / f"{stem}{_RECEIPT}")


def _receipt(key: str, number: int, judged: list[Judged]) -> Receipt:
    faults = sum(one.fault is not None for one in judged)
    status = "accepted" if not faults else "refused" if faults == len(judged) else "part_refused"
    return {
        "status": status,
        "receipt_id": f"SANDBOX-{number:06d}",
        "number": number,
        "key": key,
        "items": [
            {"key": one.key, "status": "refused" if one.fault else "accepted", "reason": one.fault}
            for one in judged
        ],
        "sandbox": True,
        "note": INVENTED_EN,
    }


class NationalSystem(LoopbackServer):
    """The national system on a port of this machine."""

    def __init__(self, archive: Archive, port: int = 0, token: str | None = None) -> None:
        """Receive into an archive."""
        super().__init__(_Handler, port, token)
        self.archive = archive
        self._planned: deque[Misbehaviour] = deque()

    def misbehave(self, *planned: Misbehaviour) -> None:
        """Do this with the next packets, one each, in this order."""
        self._planned.extend(planned)

    def next_misbehaviour(self) -> Misbehaviour | None:
        """Return what is to go wrong with the packet that just came."""
        return self._planned.popleft() if self._planned else None


class _Handler(JsonHandler):
    server: NationalSystem

    def post(self) -> None:
        """Receive a packet."""
        folder, _, packet = urlsplit(self.path).path.strip("/").partition("/")
        body = self.body()
        if body is None:
            self.answer(411, {"error": "the length of the body is not told, or too great"})
        elif not self.has_token():
            self.answer(401, {"error": "wrong token"})
        elif folder != "packets":
            self.answer(404, {"error": "packets are sent to /packets/<packet>"})
        else:
            self._receive(packet, self.headers.get("Idempotency-Key", ""), body)

    def _receive(self, packet: str, key: str, body: bytes) -> None:
        planned = self.server.next_misbehaviour()
        if planned is Misbehaviour.ERROR:
            self.answer(500, {"error": "something broke on purpose", "note": INVENTED_EN})
            return
        if planned is Misbehaviour.BAD_REQUEST:
            self.answer(400, {"error": "refused on purpose", "note": INVENTED_EN})
            return
        try:
            part = planned is Misbehaviour.PART_REFUSAL
            receipt = self.server.archive.receive(packet, key, body, refuse_first=part)
        except PacketRefused as refusal:
            self.answer(refusal.status, {"status": "refused", "reason": refusal.reason, "sandbox": True})
            return
        if planned is Misbehaviour.SILENT_AFTER_ACCEPTING:
            self.server.stopping.wait(_LONGEST_SILENCE_SECONDS)
            self.close_connection = True
            return
        self.answer(200, receipt)

    def get(self) -> None:
        """Answer what became of a packet, or what this server is."""
        parts = urlsplit(self.path).path.strip("/").split("/")
        if parts == [""]:
            self.answer(
                200, {"packets": len(self.server.archive.packets), "sandbox": True, "note": INVENTED_EN}
            )
        elif not self.has_token():
            self.answer(401, {"error": "wrong token"})
        elif len(parts) != 3 or (parts[0], parts[2]) != ("packets", "status"):
            self.answer(404, {"error": "ask for /packets/<key>/status"})
        elif kept := self.server.archive.packets.get(parts[1]):
            self.answer(200, kept.receipt)
        else:
            self.answer(404, {"error": "no such packet was accepted"})
