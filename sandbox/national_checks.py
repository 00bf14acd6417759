"""The judgement of a packet: refused as a whole, or item by item against what was accepted before."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from kpi_reporting.errors import PeriodError
from kpi_reporting.periods import parse_period
from kpi_reporting.registry import Registry
from sandbox.national_messages import (
    Figure,
    Formula,
    Indicator,
    Message,
    Status,
    fault_of_figure,
    fault_of_formula,
    fault_of_status,
)

_ITEMS: dict[str, type[BaseModel]] = {
    "indicator_catalogue": Indicator,
    "kpi_set": Formula,
    "kpi_data": Figure,
    "report_status": Status,
}
_WITH_PERIOD = frozenset({"kpi_data", "report_status"})


class PacketRefused(Exception):
    """A packet that is refused as a whole: the HTTP status and why."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


@dataclass(frozen=True)
class Judged:
    """An item and what became of it; ``fault`` is None for an accepted one."""

    key: str
    item: Any
    fault: str | None


@dataclass
class Accepted:
    """What the national system knows from accepted packets."""

    catalogue: dict[str, Indicator] = field(default_factory=dict)
    kpi_set: dict[tuple[str, str, int], Formula] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)

    def remember(self, message: Message, items: Iterable[Any]) -> None:
        """Take over what an accepted packet says."""
        self.revisions[message.business_key] = message.revision
        for item in items:
            if isinstance(item, Indicator):
                self.catalogue[item.kpi_code] = item
            elif isinstance(item, Formula):
                self.kpi_set[item.kpi_code, item.formula_code, item.formula_version] = item


def read_message(registry: Registry, packet: str, key: str, body: bytes) -> Message:
    """Return a packet that is well formed and is what it says.

    Raises:
        PacketRefused: unknown packet, not JSON of the agreed form, a key of other bytes, an unknown period.
    """
    if packet not in _ITEMS:
        raise PacketRefused(404, f"there is no packet {packet}; there are {', '.join(_ITEMS)}")
    message = _parsed(body)
    if message.packet != packet:
        raise PacketRefused(400, f"the body is a packet {message.packet}")
    digest = hashlib.sha256(body).hexdigest()
    if key != hashlib.sha256(f"{message.business_key}{digest}".encode()).hexdigest():
        raise PacketRefused(400, "Idempotency-Key is not the SHA-256 of business key and body hash")
    if fault := _fault_of_period(registry, message):
        raise PacketRefused(400, fault)
    return message


def _parsed(body: bytes) -> Message:
    try:
        return Message.model_validate(json.loads(body))
    except ValidationError as error:
        raise PacketRefused(400, _first_fault(error)) from None
    except (ValueError, RecursionError):
        raise PacketRefused(400, "the body is not JSON") from None


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else str(fault["msg"])


def _fault_of_period(registry: Registry, message: Message) -> str | None:
    told = message.period
    if told is None or message.packet not in _WITH_PERIOD:
        same_name = message.business_key == message.packet
        return (
            None
            if told is None and message.packet not in _WITH_PERIOD and same_name
            else "wrong period or key"
        )
    try:
        period = parse_period(registry, told.calendar_code, told.period_code)
    except PeriodError as error:
        return str(error)
    if (told.period_kind, told.first_day, told.last_day) != (period.kind, period.first_day, period.last_day):
        return f"{period.code} is the {period.kind} from {period.first_day} to {period.last_day}"
    expected = f"{message.packet}/{period.calendar_code}/{period.code}"
    return None if message.business_key == expected else f"the business key has to be {expected}"


def judge(message: Message, known: Accepted) -> list[Judged]:
    """Return what becomes of each item of a packet that is newer than what is known.

    Raises:
        PacketRefused: its revision is not above the last accepted one. It may be several above: of what waits, only
            the newest revision is sent.
    """
    last = known.revisions.get(message.business_key, 0)
    if message.revision <= last:
        raise PacketRefused(409, f"revision {message.revision} does not follow revision {last}")
    keys = Counter(str(item.get("key")) for item in message.items)
    return [_judged(message.packet, item, keys, known) for item in message.items]


def _judged(packet: str, item: dict[str, Any], keys: Counter[str], known: Accepted) -> Judged:
    key = str(item.get("key"))
    try:
        read = _ITEMS[packet].model_validate(item)
    except ValidationError as error:
        return Judged(key, None, _first_fault(error))
    if keys[key] > 1:
        return Judged(key, read, "the key stands in the packet more than once")
    if key != _expected_key(read):
        return Judged(key, read, f"the key has to be {_expected_key(read)}")
    return Judged(key, read, _FAULTS[type(read)](read, known))


def _expected_key(item: Any) -> str:
    if isinstance(item, Formula):
        return f"{item.kpi_code}/{item.formula_code}/{item.formula_version}"
    if isinstance(item, Figure):
        return f"{item.kpi_code}/{item.formula_code}"
    return str(item.form_code if isinstance(item, Status) else item.kpi_code)


_FAULTS: dict[type[BaseModel], Callable[[Any, Accepted], str | None]] = {
    Indicator: lambda _, __: None,
    Formula: lambda item, known: fault_of_formula(item, known.catalogue),
    Figure: lambda item, known: fault_of_figure(item, known.catalogue, known.kpi_set),
    Status: lambda item, _: fault_of_status(item),
}
