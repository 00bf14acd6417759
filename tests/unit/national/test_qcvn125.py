"""Messages: the same content gives the same bytes, and figures stay exact."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from kpi_reporting.national import Draft, Qcvn125, idempotency_key

ITEM = {"key": "DT03/DT03-plan", "value": Decimal("0.10"), "name_vi": "Hồ sơ", "valid_from": date(2025, 7, 1)}
DRAFT = Draft(
    "kpi_data", "kpi_data/administrative/2025-M07", {"items": [ITEM], "manifest": {"item_count": 1}}
)


def test_figures_are_text_and_days_are_iso() -> None:
    (item,) = json.loads(Qcvn125().body(DRAFT, 1))["items"]
    assert item == {"key": "DT03/DT03-plan", "value": "0.10", "name_vi": "Hồ sơ", "valid_from": "2025-07-01"}


def test_a_large_figure_is_never_written_with_an_exponent() -> None:
    draft = Draft("kpi_data", "k", {"items": [{"value": Decimal("1E+15")}]})
    assert b'"1000000000000000"' in Qcvn125().body(draft, 1)


def test_the_same_draft_and_revision_give_the_same_bytes() -> None:
    shuffled = Draft(DRAFT.packet, DRAFT.business_key, dict(reversed(DRAFT.content.items())))
    assert Qcvn125().body(DRAFT, 2) == Qcvn125().body(shuffled, 2)
    assert Qcvn125().body(DRAFT, 2) != Qcvn125().body(DRAFT, 3)


def test_what_is_not_json_has_no_place_in_a_message() -> None:
    with pytest.raises(TypeError, match="set has no place"):
        Qcvn125().body(Draft("kpi_data", "k", {"items": {1, 2}}), 1)


def test_equal_bodies_about_different_things_have_different_keys() -> None:
    assert idempotency_key("kpi_data/a", "0" * 64) != idempotency_key("kpi_data/b", "0" * 64)
    assert idempotency_key("kpi_data/a", "0" * 64) == idempotency_key("kpi_data/a", "0" * 64)
