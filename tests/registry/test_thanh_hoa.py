"""The registry of Thanh Hóa says what is known of the province, and marks what is not."""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.registry.models import Unit

PROJECT = Path(__file__).parents[2]
FACTS = Path(os.environ.get("KPI_FACTS", PROJECT.parent / "shared/data"))
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the tables of facts are not beside the checkout")

BEFORE_2025, JANUARY, MARCH, NOW = date(2024, 11, 1), date(2025, 1, 1), date(2025, 3, 12), date(2025, 7, 1)
SNAPSHOTS = [(BEFORE_2025, "v2.2.0"), (JANUARY, "v2.3.0"), (MARCH, "v2.4.0")]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")


def facts(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("day", "districts", "communes"),
    [
        (BEFORE_2025, 27, 558),
        (date(2024, 12, 31), 27, 558),
        (JANUARY, 26, 549),
        (date(2025, 3, 11), 26, 549),
        (MARCH, 26, 547),
        (date(2025, 6, 30), 26, 547),
        (NOW, 0, 166),
        (date(2026, 4, 30), 0, 166),
    ],
)
def test_districts_and_communes_of_a_day(
    registry: Registry, day: date, districts: int, communes: int
) -> None:
    units = registry.history
    assert (len(units.units_on(day, "district")), len(units.units_on(day, "commune"))) == (
        districts,
        communes,
    )


@pytest.mark.parametrize(
    ("day", "count"), [(date(2020, 10, 6), 20), (date(2025, 2, 28), 20), (date(2025, 3, 1), 15), (NOW, 15)]
)
def test_departments_before_and_after_march_2025(registry: Registry, day: date, count: int) -> None:
    assert len(registry.history.units_on(day, "department")) == count


def test_the_types_of_communes(registry: Registry) -> None:
    types = {
        day: Counter(u.unit_type for u in registry.history.units_on(day, "commune")) for day in (MARCH, NOW)
    }
    assert types[MARCH] == {"Phường": 63, "Thị trấn": 32, "Xã": 452}
    assert types[NOW] == {"Phường": 19, "Xã": 147}


def test_all_new_codes_meant_another_unit_before(registry: Registry) -> None:
    history = registry.history
    pairs = [(history.by_code(new.code, date(2025, 6, 30)), new) for new in history.units_on(NOW, "commune")]
    assert all(old is not None and old.unit_id != new.unit_id for old, new in pairs)
    first = history.by_code("14758", date(2025, 6, 30)), history.by_code("14758", NOW)
    assert [unit and unit.name_vi for unit in first] == ["Phường Đông Thọ", "Phường Hàm Rồng"]


def test_ten_units_are_split_with_unknown_shares(registry: Registry) -> None:
    parts: dict[str | None, list[str | None]] = defaultdict(list)
    for event in registry.unit_events:
        if event.kind == "split":
            parts[event.from_unit_id].append(event.to_unit_id)
            assert (event.share, event.effective_day, event.confirmed) == (None, NOW, False)
    assert Counter(map(len, parts.values())) == {2: 9, 3: 1}
    assert {registry.history[str(unit)].name_vi for unit in parts} == {
        "Phường Đông Thọ", "Phường An Hưng", "Thị trấn Sơn Lư", "Thị trấn Hà Trung", "Xã Hà Bình",
        "Xã Luận Khê", "Thị trấn Thiệu Hóa", "Xã Thiệu Long", "Xã Yên Thọ", "Xã Thanh Tân",
    }  # fmt: skip


def test_every_commune_of_june_2025_lives_on(registry: Registry) -> None:
    history = registry.history
    for old in history.units_on(date(2025, 6, 30), "commune"):
        after = history.successors(old.unit_id, NOW)
        assert after
        assert (len(after) == 1) == (after[0].share == 1)


def test_dong_son_joined_the_city(registry: Registry) -> None:
    history = registry.history
    city = history.by_code("380", JANUARY)
    assert city is not None
    assert [s.unit_id for s in history.successors("405@2024-11-01", JANUARY)] == [city.unit_id]
    assert not history.same_territory("380@2024-11-01", city.unit_id)
    moved = history.by_code("16405", JANUARY)
    assert moved is not None
    assert history.ancestors(moved.unit_id)[0] == city
    assert history.same_territory("16405@2024-11-01", moved.unit_id)


def test_a_name_that_wandered_to_another_code(registry: Registry) -> None:
    history = registry.history
    assert [u.code for u in history.by_name("Xã Yên Ninh", date(2024, 12, 31))] == ["15439"]
    assert [u.code for u in history.by_name("Xã Yên Ninh", JANUARY)] == ["15442"]


def test_closed_without_known_successor_stays_open_to_question(registry: Registry) -> None:
    closed = {
        event.from_unit_id
        for event in registry.unit_events
        if event.kind == "close" and event.effective_day == JANUARY and not event.confirmed
    }
    assert closed == {f"{code}@2024-11-01" for code in ("14788", "15217", "16117", "16651")}


@needs_facts
@pytest.mark.parametrize(("day", "version"), SNAPSHOTS)
def test_communes_and_districts_equal_the_snapshots(registry: Registry, day: date, version: str) -> None:
    def described(unit: Unit) -> tuple[str, ...]:
        parent = registry.history[unit.parent_id or ""]
        return (unit.code, unit.name_vi, parent.code, parent.name_vi)

    found = {described(unit) for unit in registry.history.units_on(day, "commune")}
    assert found == {tuple(row.values()) for row in facts(f"units/thanhhoa_old_communes_{version}.csv")}
    districts = {(unit.code, unit.name_vi) for unit in registry.history.units_on(day, "district")}
    assert districts == {tuple(row.values()) for row in facts(f"units/thanhhoa_old_districts_{version}.csv")}


@needs_facts
def test_the_new_communes_equal_the_facts(registry: Registry) -> None:
    found = {(unit.code, unit.name_vi, unit.unit_type) for unit in registry.history.units_on(NOW, "commune")}
    expected = facts("units/thanhhoa_new_166.csv")
    assert found == {(row["commune_code"], row["name_full"], row["unit_type"]) for row in expected}


@needs_facts
def test_old_and_new_communes_are_joined_as_in_the_facts(registry: Registry) -> None:
    history = registry.history
    found = {
        (old.code, after.unit_id.partition("@")[0])
        for old in history.units_on(date(2025, 6, 30), "commune")
        for after in history.successors(old.unit_id, NOW)
    }
    expected = facts("units/thanhhoa_old_to_new_mapping.csv")
    assert len(found) == 558
    assert found == {(row["old_commune_code"], row["new_commune_code"]) for row in expected}


@needs_facts
def test_every_target_of_the_plan_is_there(registry: Registry) -> None:
    def written(value: object) -> str:
        return "" if value is None else str(value)

    found = []
    for row in registry.targets:
        bounds = "..".join(written(x) for x in (row.threshold, row.threshold_high) if x is not None)
        found.append((row.kpi_code, written(row.target_year), row.operator, bounds))
    expected = facts("kpi_targets.csv")
    assert found == [(r["kpi_id"], r["target_year"], r["operator"], r["threshold"]) for r in expected]


def test_pilot_communes_are_compared_district_by_district(registry: Registry) -> None:
    levels = {row.target_code: row.unit_kind for row in registry.targets}
    assert levels.pop("DT10") == "district"
    assert set(levels.values()) == {"province"}


def test_thresholds_of_the_plan(registry: Registry) -> None:
    thresholds = {row.target_code: row.threshold for row in registry.targets if row.threshold is not None}
    assert {code: int(value) for code, value in thresholds.items()} == {
        "DT01-2020": 100, "DT02-2022": 70, "DT02-2025": 90, "DT02-2030": 100, "DT03-2022": 60, "DT03-2025": 75,
        "DT03-2030": 80, "DT04-2022": 90, "DT04-2025": 95, "DT05-2022": 80, "DT05-2025": 100, "DT06-2022": 20,
        "DT06-2025": 50, "DT07-2022": 15, "DT07-2025": 20, "DT10": 3,
    }  # fmt: skip


def test_kpis_without_a_number_are_shown_not_dropped(registry: Registry) -> None:
    codes = [kpi.kpi_code for kpi in registry.kpis]
    assert codes == [f"DT{number:02d}" for number in range(1, 12)] + ["ON_TIME"]
    with_formula = {formula.kpi_code for formula in registry.kpi_formulas}
    assert set(codes) - with_formula == {"DT08", "DT09"}
    assert {t.kpi_code for t in registry.targets if t.operator == "unquantified"} == {"DT08", "DT09", "DT11"}


def test_competing_formulas_stand_side_by_side(registry: Registry) -> None:
    day = date(2025, 7, 14)
    found = defaultdict(set)
    for formula in registry.kpi_formulas:
        if formula.holds_on(day):
            found[formula.kpi_code].add(formula.formula_code)
    assert found["DT03"] == {"DT03-plan", "DT03-a", "DT03-b", "DT03-c", "DT03-d"}
    assert found["ON_TIME"] == {"ONTIME-a", "ONTIME-b", "ONTIME-c"}
    assert found["DT11"] == {"DT11-customers", "DT11-transactions", "DT11-value"}
    assert [f.formula_code for f in registry.kpi_formulas if f.kpi_code == "DT03" and f.is_primary] == [
        "DT03-plan"
    ]


def test_the_levels_of_services_break_in_2022(registry: Registry) -> None:
    versions = [f for f in registry.kpi_formulas if f.formula_code == "DT02-a"]
    assert [(f.formula_version, str(f.valid_from), str(f.valid_to)) for f in versions] == [
        (1, "2020-10-06", "2022-08-14"),
        (2, "2022-08-15", "None"),
    ]


@pytest.mark.parametrize(("day", "owner"), [(date(2025, 2, 28), "so-tttt"), (date(2025, 3, 1), "so-khcn")])
def test_the_owner_changes_with_the_departments(registry: Registry, day: date, owner: str) -> None:
    owners = [row.unit_code for row in registry.kpi_owners if row.kpi_code == "DT01" and row.holds_on(day)]
    assert owners == [owner]


def test_what_awaits_confirmation_is_marked(registry: Registry) -> None:
    assert not any(row.confirmed for row in registry.forms)
    assert not any(row.confirmed for row in registry.kpi_formulas)
    assert not any(row.confirmed for row in registry.holidays)
    assert [
        k.kind for k in registry.period_kinds if k.calendar_code == "administrative" and not k.confirmed
    ] == ["nine_month"]
    assert all(k.due_rule is None for k in registry.period_kinds if k.calendar_code == "civil")
    assert not any(unit.confirmed for unit in registry.units if unit.kind == "department")
    assert all(row.confirmed for row in registry.targets)
    assert {(row.trajectory, row.trajectory_confirmed) for row in registry.targets} == {("step", False)}


def test_everything_else_has_a_legal_basis(registry: Registry) -> None:
    sourced = [
        *registry.units,
        *registry.unit_events,
        *registry.forms,
        *registry.kpi_formulas,
        *registry.targets,
    ]
    assert [row for row in sourced if not row.legal_basis] == []
