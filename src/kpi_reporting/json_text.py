"""JSON as it was written: every number with its digits, and no key of an object told twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_LONGEST_KEY = 100


class DoubledKey(ValueError):
    """An object tells a key twice; a parser would keep the last value and nobody would know of the other."""

    def __init__(self, key: str, place: str) -> None:
        self.key, self.place = key, place
        super().__init__(f"the key {key!r} is told twice, at {place}")


class _Doubled(dict[str, Any]):
    """An object with a key that was told twice, kept until it is known where it stands."""

    key = ""


def exact_json(data: bytes, parse_constant: Callable[[str], Any] | None = None) -> Any:
    """Parse JSON.

    Raises:
        DoubledKey: an object tells a key twice, at whatever depth.
        ValueError: it is no JSON.
    """
    doubled: list[_Doubled] = []
    found = json.loads(
        data,
        parse_float=Decimal,
        parse_int=_whole,
        parse_constant=parse_constant,
        object_pairs_hook=lambda pairs: _object(pairs, doubled),
    )
    if doubled:
        raise _where(found)
    return found


def _whole(text: str) -> int | Decimal:
    """Python refuses to turn thousands of digits into an int, and such a number is the checks' business."""
    return int(text) if len(text) < 100 else Decimal(text)


def _object(pairs: list[tuple[str, Any]], doubled: list[_Doubled]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    told = [key for key, _ in pairs]
    marked = _Doubled(made)
    marked.key = next(key for place, key in enumerate(told) if key in told[:place])
    doubled.append(marked)
    return marked


def _where(found: Any) -> DoubledKey:
    """A value that was told twice may have hidden such an object; then the one around it is found."""
    waiting: list[tuple[Any, str]] = [(found, "")]
    for value, place in waiting:
        if isinstance(value, _Doubled):
            key = value.key[:_LONGEST_KEY]
            return DoubledKey(key, _below(place, key))
        if isinstance(value, dict):
            waiting += ((member, _below(place, key[:_LONGEST_KEY])) for key, member in value.items())
        elif isinstance(value, list):
            waiting += ((member, f"{place}[{number}]") for number, member in enumerate(value))
    raise AssertionError("an object marked as doubled stands in what was parsed")


def _below(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
