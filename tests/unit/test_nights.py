"""The name of a night."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kpi_reporting.warehouse.nights import Night


def test_an_instant_told_in_another_zone_is_the_same_night() -> None:
    local = Night(datetime.fromisoformat("2025-07-17T01:00:00+07:00"), Path(), Path())
    assert local.night_id == "2025-07-17T01:00:00+07:00"
    assert Night(datetime(2025, 7, 16, 18, tzinfo=UTC), Path(), Path()).night_id == local.night_id
