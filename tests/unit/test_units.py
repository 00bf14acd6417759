"""Units through time, on small made-up histories."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpi_reporting.errors import UnitError
from kpi_reporting.registry.models import Unit, UnitAlias, UnitEvent
from kpi_reporting.units import Successor, UnitHistory

START, MIDDLE, END = date(2024, 1, 1), date(2025, 1, 1), date(2025, 7, 1)
BEFORE_MIDDLE, BEFORE_END = date(2024, 12, 31), date(2025, 6, 30)


def unit(
    code: str, name: str, first: date, last: date | None, parent: str | None = "01@2024-01-01", **more: Any
) -> Unit:
    return Unit(
        unit_id=f"{code}@{first}", code=code, kind=more.get("kind", "commune"), name_vi=name, parent_id=parent,
        valid_from=first, valid_to=last, confirmed=True,
    )  # fmt: skip


def event(kind: Any, day: date, before: str | None, after: str | None, share: str | None = "1") -> UnitEvent:
    return UnitEvent(
        event_id=f"{kind}-{before}", effective_day=day, kind=kind, from_unit_id=before, to_unit_id=after,
        share=None if share is None else Decimal(share), confirmed=True,
    )  # fmt: skip


@pytest.fixture
def history() -> UnitHistory[Unit]:
    """Communes a and b of a district; b is renamed, then both are divided and merged; c closes for good."""
    district = "9@2024-01-01"
    units = [
        unit("01", "Tỉnh Nhỏ", START, None, None, kind="province"),
        unit("9", "Huyện Lớn", START, BEFORE_END, kind="district"),
        unit("a", "Xã Hoà Bình", START, BEFORE_END, district),
        unit("b", "Xã Đồng Tiến", START, BEFORE_MIDDLE, district),
        unit("b", "Xã Đông Tiến", MIDDLE, BEFORE_END, district),
        unit("c", "Xã Hòa Bình", START, BEFORE_MIDDLE),
        unit("a", "Phường Hòa Bình", END, None),
        unit("d", "Xã Mới", END, None),
    ]
    events = [
        event("rename", MIDDLE, "b@2024-01-01", "b@2025-01-01"),
        event("close", MIDDLE, "c@2024-01-01", None, None),
        event("split", END, "a@2024-01-01", "a@2025-07-01", "0.25"),
        event("split", END, "a@2024-01-01", "d@2025-07-01", "0.75"),
        event("merge", END, "b@2025-01-01", "d@2025-07-01"),
    ]
    aliases = [UnitAlias(alias="X. Đồng Tiến", unit_id="b@2024-01-01", confirmed=True)]
    return UnitHistory(units, events, aliases)


def ids(units: tuple[Unit, ...]) -> list[str]:
    return [one.unit_id for one in units]


def test_units_exist_from_their_first_to_their_last_day(history: UnitHistory[Unit]) -> None:
    assert ids(history.units_on(BEFORE_END, "commune")) == ["a@2024-01-01", "b@2025-01-01"]
    assert ids(history.units_on(END, "commune")) == ["a@2025-07-01", "d@2025-07-01"]
    assert history.units_on(date(2023, 12, 31)) == ()


def test_a_code_means_another_territory_later(history: UnitHistory[Unit]) -> None:
    before, after = history.by_code("a", BEFORE_END), history.by_code("a", END)
    assert before is not None
    assert after is not None
    assert (before.unit_id, after.unit_id) == ("a@2024-01-01", "a@2025-07-01")
    assert not history.same_territory(before.unit_id, after.unit_id)
    assert history.by_code("b", END) is None
    assert history.by_code("unknown", END) is None


def test_ancestors_are_nearest_first(history: UnitHistory[Unit]) -> None:
    assert ids(history.ancestors("b@2025-01-01")) == ["9@2024-01-01", "01@2024-01-01"]
    assert ids(history.ancestors("d@2025-07-01")) == ["01@2024-01-01"]


def test_names_are_found_on_their_days_however_the_tone_is_placed(history: UnitHistory[Unit]) -> None:
    assert ids(history.by_name("xã hòa  bình", START)) == ["a@2024-01-01", "c@2024-01-01"]
    assert ids(history.by_name("Xã Hoà Bình", START, within="9@2024-01-01")) == ["a@2024-01-01"]
    assert ids(history.by_name("Xã Hoa Bình", START)) == []
    assert ids(history.by_name("X. Đồng Tiến", START)) == ["b@2024-01-01"]
    assert ids(history.by_name("X. Đồng Tiến", MIDDLE)) == []


def test_successors_are_composed_over_events(history: UnitHistory[Unit]) -> None:
    assert history.successors("b@2024-01-01", START) == (Successor("b@2024-01-01", Decimal(1)),)
    assert history.successors("b@2024-01-01", MIDDLE) == (Successor("b@2025-01-01", Decimal(1)),)
    assert history.successors("b@2024-01-01", END) == (Successor("d@2025-07-01", Decimal(1)),)
    assert history.successors("a@2024-01-01", END) == (
        Successor("a@2025-07-01", Decimal("0.25")),
        Successor("d@2025-07-01", Decimal("0.75")),
    )


def test_a_closed_unit_without_successor_has_none(history: UnitHistory[Unit]) -> None:
    assert history.successors("c@2024-01-01", END) == ()


def test_an_unknown_share_stays_unknown_on_the_way() -> None:
    units = [unit(code, code, START, BEFORE_MIDDLE) for code in "a"]
    units += [
        unit("b", "b", MIDDLE, BEFORE_END),
        unit("c", "c", MIDDLE, BEFORE_END),
        unit("d", "d", END, None),
    ]
    events = [
        event("split", MIDDLE, "a@2024-01-01", "b@2025-01-01", None),
        event("split", MIDDLE, "a@2024-01-01", "c@2025-01-01", None),
        event("merge", END, "b@2025-01-01", "d@2025-07-01"),
        event("merge", END, "c@2025-01-01", "d@2025-07-01"),
    ]
    history = UnitHistory(units, events)
    assert history.successors("a@2024-01-01", END) == (Successor("d@2025-07-01", None),)


def test_only_new_names_codes_and_parents_keep_the_territory(history: UnitHistory[Unit]) -> None:
    assert history.same_territory("b@2024-01-01", "b@2025-01-01")
    assert history.same_territory("b@2025-01-01", "b@2024-01-01")
    assert history.same_territory("a@2024-01-01", "a@2024-01-01")
    assert not history.same_territory("b@2025-01-01", "d@2025-07-01")


def test_an_unknown_unit_is_named(history: UnitHistory[Unit]) -> None:
    with pytest.raises(UnitError, match="x@2024-01-01"):
        history.ancestors("x@2024-01-01")
