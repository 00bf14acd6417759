"""JSON payloads of APIs: read with exact numbers, and laid out as a sheet with one header row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.json_text import DoubledKey, exact_json
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.refusal import Refusal, damaged, too_large, unreadable
from kpi_reporting.readers.sheet import Cell, ErrorCell, Sheet
from kpi_reporting.registry.models import FieldRole, FormField

_TEXTS, _BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"'), re.compile(rb"[\[\]{}]")
_ROWS = "rows"
_LIST_KEYS = {"item": FieldRole.ITEM_CODE, "value": FieldRole.VALUE}


class Body(BaseModel):
    """A filing as an API sends it; list rows have ``item`` and ``value``, table rows one key per field."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    form: str | None = None
    version: int | None = None
    unit: str | None = None
    unit_name: str | None = None
    period: str | None = None
    nil: bool = False
    rows: list[dict[str, Any]] = Field(default_factory=list)
    _texts: tuple[str, ...] = PrivateAttr(())

    @property
    def texts(self) -> Sequence[str]:
        """What the payload says beside its rows, at whatever depth and under whatever keys."""
        return self._texts


def read_json(data: bytes, limits: Limits = DEFAULTS) -> Body:
    """Read a payload.

    Raises:
        Refusal: it is not JSON, or not a filing; the first fault is named. Or it tells a key twice, is nested too deep,
            or too long.
    """
    if _depth(data) > limits.nesting:
        raise _nested(limits.nesting)
    try:
        found = exact_json(data, _no_number)
        body = Body.model_validate(found)
        body._texts = tuple(_texts_beside_rows(found))
    except DoubledKey as doubled:
        raise Refusal(_told_twice(doubled)) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise Refusal(_not_a_filing(place, fault["msg"])) from None
    except (ValueError, RecursionError) as error:
        raise damaged(f"JSON, {error.__class__.__name__}") from error
    if len(body.rows) > limits.rows:
        raise too_large(f"> {limits.rows} dòng")
    return body


def texts_until(data: bytes) -> list[str]:
    """Return what a broken payload says beside its rows: all of it if it is JSON, or else what stands before them."""
    try:
        found = json.loads(data, object_pairs_hook=tuple, parse_int=str)
    except (ValueError, RecursionError):
        head = data.partition(f'"{_ROWS}"'.encode())[0]
        return [text for written in _TEXTS.findall(head) for text in _text(written)]
    return list(_texts_beside_rows(found))


def _text(written: bytes) -> Iterator[str]:
    with suppress(ValueError):
        yield json.loads(written)


def _texts_beside_rows(found: Any) -> Iterator[str]:
    """An object is a dict, or its pairs when it may tell a key twice."""
    waiting = [found]
    for value in waiting:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict | tuple):
            pairs = value.items() if isinstance(value, dict) else value
            waiting += [member for key, member in pairs if key != _ROWS]


def _depth(data: bytes) -> int:
    """How deep brackets are nested, those inside of texts left out."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_TEXTS.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def body_as_sheet(body: Body, fields: Sequence[FormField], layout: str) -> Sheet:
    """Lay the rows out below one header row that holds the labels of the fields the payload names.

    A key that is no field keeps its name as header, so that it is reported like any unknown column.
    """
    codes = {field.role: field for field in fields}
    aliases = {key: codes[role].label for key, role in _LIST_KEYS.items() if role in codes}
    labels = {field.field_code: field.label for field in fields} | (aliases if layout == "list" else {})
    keys = list(dict.fromkeys(key for row in body.rows for key in row))
    header: list[Cell] = [labels.get(key, key) for key in keys]
    rows = [header, *([_cell(row.get(key), key) for key in keys] for row in body.rows)]
    return Sheet("JSON", rows, is_payload=True)


def _cell(value: Any, key: str) -> Cell:
    if isinstance(value, list | dict):
        return ErrorCell("#NESTED")
    if key == "item" and value is not None:
        return str(value)
    cell: Cell = value
    return cell


def _not_a_filing(place: str, fault: str) -> Finding:
    return Finding(
        "structure",
        "payload_structure",
        "error",
        f"Gói dữ liệu JSON không đúng cấu trúc ở mục “{place}”.",
        f"The payload is not a filing: {place or 'top level'}: {fault}.",
        "Sửa phần mềm gửi dữ liệu theo cấu trúc form, version, unit, period, nil, rows rồi gửi lại.",
        found=place or None,
    )


def _told_twice(doubled: DoubledKey) -> Finding:
    return built_in("key_told_twice").finding(
        message_vi=f"Gói dữ liệu JSON ghi khóa “{doubled.key}” hai lần ở “{doubled.place}” nên không biết giá trị nào "
        "là đúng.",
        message_en=f"The key {doubled.key!r} is told twice at {doubled.place}.",
        found=doubled.place,
    )


def _nested(limit: int) -> Refusal:
    return unreadable(
        "nested_too_deep",
        f"Gói dữ liệu JSON lồng nhau quá {limit} cấp nên không được đọc.",
        f"The payload is nested deeper than {limit} levels.",
        "Sửa phần mềm gửi dữ liệu theo cấu trúc form, version, unit, period, nil, rows rồi gửi lại.",
    )
