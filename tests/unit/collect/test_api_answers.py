"""What is refused of an API's answer, and in which words."""

from __future__ import annotations

import json

import pytest

from kpi_reporting.collect.api_answers import understood
from kpi_reporting.collect.refusals import Refused

ITEM = '{"id":"1","submitted_at":"2025-07-16T09:00:00+07:00","payload":{"rows":[%s]}}'
ROW = '{"item":"4.2","value":30}'


def answer(row: str) -> bytes:
    return f'{{"total":1,"items":[{ITEM % row}]}}'.encode()


def test_an_answer_is_understood() -> None:
    (item,) = understood("nguồn a", answer(ROW)).items
    assert item.payload == {"rows": [json.loads(ROW)]}


@pytest.mark.parametrize(
    ("body", "key", "place"),
    [
        (answer('{"item":"4.2","value":30,"value":3}'), "value", "items[0].payload.rows[0].value"),
        (b'{"total":1,"items":[],"total":0}', "total", "total"),
    ],
)
def test_a_key_told_twice_refuses_the_answer_and_is_named(body: bytes, key: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        understood("nguồn a", body)
    assert f"khóa “{key}” hai lần ở “{place}”" in refused.value.message_vi
    assert place in refused.value.message_en


def test_what_is_no_answer_names_its_first_fault() -> None:
    with pytest.raises(Refused, match="items"):
        understood("nguồn a", b'{"total":1}')
    with pytest.raises(Refused, match="not JSON"):
        understood("nguồn a", b'{"total":')
