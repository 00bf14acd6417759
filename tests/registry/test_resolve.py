"""What dbt gets from a registry."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

from kpi_reporting.registry import Registry, load_registry, resolve, seed_properties
from kpi_reporting.registry.models import FILES

PROJECT = Path(__file__).parents[2]
PROPERTIES = PROJECT / "dbt_project/models/registry/_registry__seeds.yml"
SMALL = Path(__file__).parent / "small"


@pytest.fixture(scope="module")
def small() -> Registry:
    return load_registry(SMALL)


@pytest.fixture(scope="module")
def seeds(small: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds") / "new"
    resolve(small, folder)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_arrives_with_all_rows(seeds: Path) -> None:
    for model in FILES:
        given, resolved = rows(SMALL / f"{model.file}.csv"), rows(seeds / f"{model.file}.csv")
        assert [{name: row[name] for name in given[0]} for row in resolved] == given


def test_names_get_the_form_in_which_they_are_compared(seeds: Path) -> None:
    units = {row["unit_id"]: row for row in rows(seeds / "units.csv")}
    assert units["100@2024-01-01"]["match_key"] == "xã hòa bình"
    assert units["200@2024-01-01"]["match_key"] == "xã đồng tiến"
    assert min(units, key=lambda unit: units[unit]["sort_key"]) == "100@2025-07-01"
    assert [row["match_key"] for row in rows(seeds / "form_rows.csv")] == ["phần i", "tổng cộng", ""]
    for name in ("unit_aliases", "form_fields", "form_notes"):
        assert all(row["match_key"] for row in rows(seeds / f"{name}.csv"))


def test_periods_cover_the_years_of_the_registry(seeds: Path) -> None:
    found = rows(seeds / "periods.csv")
    assert len(found) == 2 * (12 + 4) + 2 * 1
    july = next(row for row in found if row["period_code"] == "2025-M07")
    assert july == {
        "calendar_code": "administrative", "period_code": "2025-M07", "period_kind": "month", "year": "2025",
        "number": "7", "first_day": "2025-06-15", "last_day": "2025-07-14", "national_due_day": "2025-07-25",
    }  # fmt: skip
    assert {row["national_due_day"] for row in found if row["calendar_code"] == "civil"} == {""}


def test_forms_open_fall_due_and_lock_in_vietnamese_time(seeds: Path) -> None:
    found = {(row["form_code"], row["period_code"]): row for row in rows(seeds / "form_periods.csv")}
    monthly = found["A-01", "2025-M07"]
    assert monthly["open_at"] == "2025-07-15 00:00:00+07:00"
    assert monthly["due_at"] == "2025-07-16 23:59:59.999999+07:00"
    assert monthly["lock_at"] == "2025-08-15 23:59:59.999999+07:00"
    assert monthly["correction_lock_at"] == monthly["lock_at"]


def test_a_fixed_due_day_on_a_saturday_moves_and_corrections_have_a_lock_of_their_own(seeds: Path) -> None:
    yearly = next(row for row in rows(seeds / "form_periods.csv") if row["period_code"] == "2024-Y")
    assert yearly["due_at"] == "2024-12-30 23:59:59.999999+07:00"
    assert yearly["lock_at"] == "2025-01-29 23:59:59.999999+07:00"
    assert yearly["correction_lock_at"] == "2025-01-09 23:59:59.999999+07:00"


MIXED = {
    "breakdowns": "men,sex,Nam,Men\n",
    "kpi_formulas": "K2-w,1,K2,Gộp,Mixed,1,last,weighted,non_null,period,,dossiers.received,true,2024-01-01,,,true\n",
    "kpi_terms": """K2-w,1,numerator,dossiers.online,total,,,,1
K2-w,1,numerator,,total,,K1-b,numerator,2.5
K2-w,1,numerator,,total,,K1-b,denominator,-1
K2-w,1,denominator,dossiers.received,total,sex,,,3
""",
}


def test_terms_are_what_a_formula_comes_down_to(tmp_path: Path) -> None:
    """References multiplied, a group spelled out, the same term added up, the weight last."""
    registry = shutil.copytree(SMALL, tmp_path / "registry")
    for file, added in MIXED.items():
        path = registry / f"{file}.csv"
        path.write_text(path.read_text() + added)
    resolve(load_registry(registry), tmp_path / "seeds")
    found = [tuple(row.values()) for row in rows(tmp_path / "seeds/formula_terms.csv")]
    assert found[:2] == [
        ("K1-a", "1", "numerator", "dossiers.online", "total", "1"),
        ("K1-a", "1", "denominator", "dossiers.received", "total", "1"),
    ]
    assert [row for row in found if row[0] == "K2-w"] == [
        ("K2-w", "1", "numerator", "dossiers.online", "total", "3.5"),
        ("K2-w", "1", "numerator", "dossiers.pending", "total", "-1"),
        ("K2-w", "1", "denominator", "dossiers.received", "women", "3"),
        ("K2-w", "1", "denominator", "dossiers.received", "men", "3"),
        ("K2-w", "1", "weight", "dossiers.received", "total", "1"),
    ]


def test_a_form_has_the_periods_on_whose_last_day_its_version_holds(tmp_path: Path) -> None:
    registry = load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")
    resolve(registry, tmp_path)
    by_district = [
        r["period_code"] for r in rows(tmp_path / "form_periods.csv") if r["form_code"] == "HS-01H"
    ]
    assert by_district[-1] == "2025-M06"
    assert "2025-M07" not in by_district


def test_boundaries_last_from_one_change_of_units_to_the_next(seeds: Path) -> None:
    assert [tuple(row.values()) for row in rows(seeds / "boundary_versions.csv")] == [
        ("2024-01-01", "2024-01-01", "2025-06-30"),
        ("2025-07-01", "2025-07-01", ""),
    ]


def test_the_crosswalk_says_by_every_measure_what_became_of_whom(seeds: Path) -> None:
    found = [
        (row["share_kind"], row["from_unit_id"], row["to_unit_id"], row["share"], row["is_same_territory"])
        for row in rows(seeds / "unit_crosswalk.csv")
        if row["valid_on"] == "2025-07-01" and row["from_unit_id"] != row["to_unit_id"]
    ]
    assert found == [
        ("event", "100@2024-01-01", "100@2025-07-01", "1", "false"),
        ("event", "200@2024-01-01", "100@2025-07-01", "0.4", "false"),
        ("event", "200@2024-01-01", "300@2025-07-01", "0.6", "false"),
        ("population", "100@2024-01-01", "100@2025-07-01", "1", "false"),
        ("population", "200@2024-01-01", "100@2025-07-01", "0.3", "false"),
        ("population", "200@2024-01-01", "300@2025-07-01", "0.7", "false"),
    ]


def test_units_that_exist_are_themselves(seeds: Path) -> None:
    same = [row for row in rows(seeds / "unit_crosswalk.csv") if row["from_unit_id"] == row["to_unit_id"]]
    assert len(same) == 2 * (3 + 3)
    assert {(row["share"], row["is_same_territory"], row["confirmed"]) for row in same} == {
        ("1", "true", "true")
    }


def test_the_properties_of_the_seeds_are_those_of_the_classes() -> None:
    assert PROPERTIES.read_text() == seed_properties(), (
        f"{PROPERTIES.relative_to(PROJECT)} is not what the classes say; write seed_properties() into it"
    )


def test_every_column_of_every_seed_is_typed_and_described(seeds: Path) -> None:
    described = {seed["name"]: seed for seed in yaml.safe_load(seed_properties())["seeds"]}
    assert described.keys() == {path.stem for path in seeds.iterdir()}
    for name, seed in described.items():
        with (seeds / f"{name}.csv").open(newline="") as file:
            header = next(csv.reader(file))
        assert [column["name"] for column in seed["columns"]] == header
        assert list(seed["config"]["column_types"]) == header
        assert seed["description"]
        assert all(column["description"] for column in seed["columns"])
    assert described["form_fields"]["config"]["column_types"]["multiplier"] == "numeric"
    assert described["form_periods"]["config"]["column_types"]["due_at"] == "timestamptz"
    assert described["units"]["config"]["column_types"]["code"] == "text"
