"""JSON read with its digits, and refused where an object tells a key twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpi_reporting.json_text import DoubledKey, exact_json


@pytest.mark.parametrize(
    ("data", "key", "place"),
    [
        (b'{"form":"A","form":"B"}', "form", "form"),
        (b'{"rows":[{"item":"1"},{"item":"4.2","value":30,"value":3}]}', "value", "rows[1].value"),
        (b'{"a":[[{"b":{"c":1,"d":2,"c":1}}]]}', "c", "a[0][0].b.c"),
        (b'{"rows":[{"a":1,"a":2}],"rows":[]}', "rows", "rows"),
        (b'[{"\\u0061":1,"a":1}]', "a", "[0].a"),
    ],
)
def test_a_key_told_twice_is_found_with_its_place(data: bytes, key: str, place: str) -> None:
    with pytest.raises(DoubledKey) as error:
        exact_json(data)
    assert (error.value.key, error.value.place) == (key, place)


def test_one_key_in_several_objects_is_told_once_each() -> None:
    assert exact_json(b'[{"a":{"a":1}},{"a":2}]') == [{"a": {"a": 1}}, {"a": 2}]


def test_numbers_keep_their_digits() -> None:
    assert exact_json(b'{"a":1.10,"b":3}') == {"a": Decimal("1.10"), "b": 3}
    assert exact_json(b"[" + b"9" * 5000 + b"]") == [Decimal("9" * 5000)]


def test_what_is_no_json_is_no_json() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        exact_json(b'{"a":')
