from __future__ import annotations

import json
from decimal import Decimal

import pytest

from kpi_reporting.collect import Endpoint
from kpi_reporting.collect.http_api import canonical_json
from kpi_reporting.collect.http_client import ApiClient
from kpi_reporting.collect.politeness import Pace
from kpi_reporting.registry.models import Source


def test_equal_content_has_equal_bytes_and_exact_numbers() -> None:
    first = json.loads('{"b": [1, 2.50, null, true], "a": "Hòa"}', parse_float=Decimal)
    second = json.loads('{"a":"Hòa","b":[1,2.50,null,true]}', parse_float=Decimal)
    assert canonical_json(first) == canonical_json(second) == '{"a":"Hòa","b":[1,2.50,null,true]}'


def test_an_endpoint_never_shows_its_token() -> None:
    assert "geheim" not in repr(Endpoint("http://127.0.0.1:1", "geheim"))


@pytest.mark.parametrize("base_url", ["http://user:geheim@127.0.0.1:1/api", "http://127.0.0.1:1/api/"])
def test_the_place_of_an_api_shows_no_secret(base_url: str) -> None:
    source = Source.model_validate(
        {
            "source_code": "a",
            "name_vi": "A",
            "kind": "http_api",
            "location": "senders/a",
            "valid_from": "2025-01-01",
        }
    )
    with ApiClient(source, Endpoint(base_url, "geheim"), Pace(source, 0)) as client:
        assert client.place == "http://127.0.0.1:1/api/senders/a"
