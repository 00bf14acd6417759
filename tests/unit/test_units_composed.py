"""What units become over many events, on histories drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_reporting.registry.models import LateFiler, Unit, UnitEvent, UnitShare
from kpi_reporting.units import UnitHistory

DAYS = [date(2020, 1, 1) + timedelta(days=180 * step) for step in range(5)]


@dataclass
class Drawn:
    """A history in the making: events end units one day and begin others the next."""

    units: dict[str, Unit] = field(default_factory=dict)
    events: list[UnitEvent] = field(default_factory=list)

    def begin(self, code: str, day: date) -> str:
        unit = Unit(
            unit_id=f"{code}@{day}", code=code, kind="commune", name_vi=code, valid_from=day, confirmed=True
        )
        self.units[unit.unit_id] = unit
        return unit.unit_id

    def end(self, unit_id: str, day: date) -> None:
        last_day = day - timedelta(days=1)
        self.units[unit_id] = self.units[unit_id].model_copy(update={"valid_to": last_day})

    def connect(self, kind: str, day: date, before: str, after: str | None, share: Decimal | None) -> None:
        self.events.append(
            UnitEvent.model_validate(
                {
                    "event_id": f"{day}-{before}", "effective_day": day, "kind": kind, "from_unit_id": before,
                    "to_unit_id": after, "share": share, "confirmed": share is not None or after is None,
                }
            )
        )  # fmt: skip

    @property
    def history(self) -> UnitHistory[Unit]:
        return UnitHistory(list(self.units.values()), self.events)


def shares_of(draw: Callable[..., int], count: int) -> list[Decimal]:
    cuts = sorted(draw(st.integers(1, 999)) for _ in range(count - 1))
    return [Decimal(high - low) / 1000 for low, high in zip([0, *cuts], [*cuts, 1000], strict=True)]


@st.composite
def histories(draw: Callable[..., int], may_be_unknown: bool = False, may_close: bool = False) -> Drawn:
    drawn = Drawn()
    alive = [drawn.begin(f"u{number}", DAYS[0]) for number in range(draw(st.integers(1, 4)))]
    for step, day in enumerate(DAYS[1:], 1):
        made = [drawn.begin(f"u{number}", day) for number in range(10 * step, 10 * step + 3)]
        fates = ["keep", "rename", "divide"] + ["close"] * may_close + ["unknown"] * may_be_unknown
        still = []
        for unit_id in alive:
            fate = draw(st.sampled_from(fates))
            if fate == "keep":
                still.append(unit_id)
                continue
            drawn.end(unit_id, day)
            if fate == "close":
                drawn.connect("close", day, unit_id, None, None)
            elif fate == "rename":
                heir = drawn.begin(f"r{unit_id.partition('@')[0]}", day)
                drawn.connect("rename", day, unit_id, heir, Decimal(1))
                still.append(heir)
            else:
                heirs = made[: draw(st.integers(1, len(made)))]
                known = shares_of(draw, len(heirs))
                for heir, share in zip(heirs, known, strict=True):
                    if share or fate == "unknown":
                        drawn.connect("redraw", day, unit_id, heir, None if fate == "unknown" else share)
        alive = [*still, *made]
    return drawn


def known_by(drawn: Drawn, day: date) -> list[str]:
    return [unit.unit_id for unit in drawn.units.values() if unit.valid_from <= day]


@settings(deadline=None)
@given(histories())
def test_known_shares_of_a_unit_add_up_to_all_of_it(drawn: Drawn) -> None:
    history = drawn.history
    for day in DAYS:
        for unit_id in known_by(drawn, day):
            assert sum(Fraction(one.share or 0) for one in history.successors(unit_id, day)) == 1


@settings(deadline=None)
@given(histories(may_be_unknown=True, may_close=True), st.data())
def test_step_by_step_gives_what_all_at_once_gives(drawn: Drawn, data: st.DataObject) -> None:
    history = drawn.history
    middle, end = sorted(data.draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=2)))
    for unit_id in known_by(drawn, middle):
        composed: dict[str, Fraction | None] = {}
        for first in history.successors(unit_id, middle):
            for then in history.successors(first.unit_id, end):
                before = composed.get(then.unit_id, Fraction(0))
                known = before is not None and first.share is not None and then.share is not None
                step = Fraction(first.share or 0) * Fraction(then.share or 0)
                composed[then.unit_id] = (before or 0) + step if known else None
        at_once = {
            one.unit_id: None if one.share is None else Fraction(one.share)
            for one in history.successors(unit_id, end)
        }
        assert at_once == composed


@settings(deadline=None)
@given(histories(may_be_unknown=True, may_close=True))
def test_units_that_exist_are_themselves_and_files_for_themselves(drawn: Drawn) -> None:
    history = drawn.history
    for day in DAYS:
        for unit in history.units_on(day):
            (itself,) = history.successors(unit.unit_id, day)
            assert (itself.unit_id, itself.share, itself.confirmed) == (unit.unit_id, 1, True)
            assert history.same_territory(unit.unit_id, unit.unit_id)
            assert history.filer_of(unit.unit_id, day) == unit
            assert history.filed_for(unit.unit_id, day, day) == (unit,)


@settings(deadline=None)
@given(histories(may_be_unknown=True))
def test_whoever_files_for_a_closed_unit_is_its_only_successor(drawn: Drawn) -> None:
    history, day = drawn.history, DAYS[-1]
    for unit_id in known_by(drawn, day):
        heirs = [one.unit_id for one in history.successors(unit_id, day)]
        filer = history.filer_of(unit_id, day)
        assert (filer.unit_id if filer else None) == (heirs[0] if len(heirs) == 1 else None)


def chain() -> Drawn:
    """Unit a is divided between b and c; b is renamed d; c and d become e."""
    drawn = Drawn()
    a, (b, c) = drawn.begin("a", DAYS[0]), (drawn.begin(code, DAYS[1]) for code in "bc")
    d, e = drawn.begin("d", DAYS[2]), drawn.begin("e", DAYS[3])
    for unit_id, day in ((a, DAYS[1]), (b, DAYS[2]), (c, DAYS[3]), (d, DAYS[3])):
        drawn.end(unit_id, day)
    drawn.connect("split", DAYS[1], a, b, Decimal("0.3"))
    drawn.connect("split", DAYS[1], a, c, Decimal("0.7"))
    drawn.connect("recode", DAYS[2], b, d, Decimal(1))
    drawn.connect("merge", DAYS[3], c, e, Decimal(1))
    drawn.connect("merge", DAYS[3], d, e, Decimal(1))
    return drawn


def test_a_measure_of_its_own_replaces_the_share_of_a_division_only() -> None:
    drawn = chain()
    shares = [
        UnitShare(from_unit_id=f"a@{DAYS[0]}", to_unit_id=f"{code}@{DAYS[1]}", share_kind="budget", share=part, confirmed=False)
        for code, part in (("b", Decimal("0.45")), ("c", Decimal("0.55")))
    ]  # fmt: skip
    history = UnitHistory(list(drawn.units.values()), drawn.events, shares=shares)
    assert history.share_kinds == ("event", "budget")

    def found(day: date, kind: str) -> list[tuple[str, str, bool]]:
        parts = history.successors(f"a@{DAYS[0]}", day, kind)
        return [(one.unit_id[0], str(one.share), one.confirmed) for one in parts]

    assert found(DAYS[2], "event") == [("c", "0.7", True), ("d", "0.3", True)]
    assert found(DAYS[2], "budget") == [("c", "0.55", False), ("d", "0.45", False)]
    assert found(DAYS[2], "area") == [("c", "None", False), ("d", "None", False)]
    assert found(DAYS[3], "budget") == [("e", "1", False)]


def test_boundaries_change_whenever_a_unit_begins_or_ends() -> None:
    assert chain().history.boundary_days == tuple(DAYS[:4])


def test_a_named_filer_stands_in_for_a_divided_unit_and_hands_over_to_its_own_successor() -> None:
    drawn = chain()
    a, c = f"a@{DAYS[0]}", f"c@{DAYS[1]}"
    named = [LateFiler(unit_id=a, filer_unit_id=c, confirmed=True)]
    history = UnitHistory(list(drawn.units.values()), drawn.events, late_filers=named)
    filers = [history.filer_of(a, day) for day in DAYS[:4]]
    assert [one.code if one else None for one in filers] == ["a", "c", "c", "e"]
    unnamed = [drawn.history.filer_of(a, day) for day in DAYS[:4]]
    assert [one.code if one else None for one in unnamed] == ["a", None, None, "e"]
