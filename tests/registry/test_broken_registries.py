"""One small registry, broken in one place at a time: the report names that place and the broken rule."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kpi_reporting.errors import Problem, RegistryError
from kpi_reporting.registry import load_registry
from kpi_reporting.registry.models import FILES
from tests.registry.faults import FAULTS, Fault

SMALL = Path(__file__).parent / "small"


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(RegistryError) as caught:
        load_registry(folder)
    return caught.value.problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SMALL, tmp_path / "registry")


def test_the_small_registry_is_valid() -> None:
    registry = load_registry(SMALL)
    assert registry.code == "small"
    assert len(registry.units) == 5


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_is_named_with_its_place(fault: Fault, folder: Path) -> None:
    path = folder / f"{fault.file}.csv"
    text = path.read_text()
    assert text.count(fault.old) >= 1
    path.write_text(text.replace(fault.old, fault.new, 1))
    found = {(problem.file, problem.row, problem.column, problem.rule) for problem in problems_of(folder)}
    assert (fault.reported_in or fault.file, fault.row, fault.column, fault.rule) in found


def test_fault_names_are_told_apart() -> None:
    names = [fault.name for fault in FAULTS]
    assert sorted(set(names)) == sorted(names)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


QUARTERLY = "C-01,1,dossiers,Quý,Quarterly,quarter,table,vi,unicode,replace,,working_days_after,2,,30,,,,,,2024-01-01,,,true\n"
QUARTERLY_FIELDS = (
    "C-01,1,unit_name,unit_name,Đơn vị,,,total,actual,1,true\n"
    "C-01,1,pending,indicator,Đang giải quyết,,dossiers.{indicator},total,{kind},1,true\n"
)


def add_quarterly_form(folder: Path, indicator: str, kind: str) -> None:
    for file, rows in (
        ("forms", QUARTERLY),
        ("form_fields", QUARTERLY_FIELDS.format(indicator=indicator, kind=kind)),
        ("obligations", "C-01,commune,,2024-01-01,,,true\n"),
    ):
        path = folder / f"{file}.csv"
        path.write_text(path.read_text() + rows)


def test_a_hierarchy_deeper_than_the_sums_is_refused(folder: Path) -> None:
    path, day = folder / "units.csv", "2024-01-01"
    rows = "".join(
        f"{code}@{day},{code},group,Nhóm,Nhóm {code},,{above}@{day},{day},,,true\n"
        for code, above in (("g1", "01"), ("g2", "g1"), ("g3", "g2"), ("g4", "g3"))
    )
    events = "".join(f"create-g{n},{day},create,,g{n}@{day},,,true\n" for n in range(1, 5))
    path.write_text(path.read_text() + rows)
    (folder / "unit_events.csv").write_text((folder / "unit_events.csv").read_text() + events)
    [problem] = [one for one in problems_of(folder) if one.rule == "depth"]
    assert (problem.file, problem.row, problem.column, problem.found) == (
        "units",
        10,
        "parent_id",
        f"g3@{day}",
    )


def test_months_and_quarters_share_no_window(folder: Path) -> None:
    add_quarterly_form(folder, "pending", "actual")
    [problem] = problems_of(folder)
    assert (problem.file, problem.row, problem.column, problem.rule) == (
        "kpi_formulas", 4, "formula_code", "one_window"
    )  # fmt: skip
    assert "month of administrative, quarter of administrative" in problem.message


def test_a_plan_is_no_answer_and_opens_no_window(folder: Path) -> None:
    add_quarterly_form(folder, "pending", "plan")
    assert load_registry(folder).forms[-1].form_code == "C-01"


def test_a_stock_may_weigh_what_is_added_over_time(folder: Path) -> None:
    replace(
        folder / "kpi_formulas.csv",
        "100,sum,sum,non_null,period,,,true,2024",
        "100,sum,weighted,non_null,period,,dossiers.pending,true,2024",
    )
    assert load_registry(folder).kpi_formulas[0].weight_indicator_code == "dossiers.pending"


def test_a_stock_is_found_behind_a_reference(folder: Path) -> None:
    replace(folder / "kpi_terms.csv", "K1-a,1,numerator,dossiers.online,", "K1-a,1,numerator,,")
    replace(
        folder / "kpi_terms.csv", "K1-a,1,numerator,,total,,,,", "K1-a,1,numerator,,total,,K1-b,denominator,"
    )
    [problem] = problems_of(folder)
    assert (problem.file, problem.row, problem.rule) == ("kpi_formulas", 2, "over_time")
    assert "dossiers.pending" in problem.message


def test_each_reference_of_a_cycle_is_named(folder: Path) -> None:
    replace(folder / "kpi_formulas.csv", "true,2024-01-01,2025-06-30", "true,2024-01-01,")
    replace(folder / "kpi_formulas.csv", "true,2025-07-01,", "true,2023-01-01,2023-12-31")
    terms = folder / "kpi_terms.csv"
    replace(
        terms,
        "K1-a,1,denominator,dossiers.received,total,,,,",
        "K1-a,1,denominator,,total,,K1-b,denominator,",
    )
    replace(
        terms, "K1-b,1,denominator,dossiers.pending,total,,,,", "K1-b,1,denominator,,total,,K1-a,denominator,"
    )
    assert [(p.row, p.column) for p in problems_of(folder) if p.rule == "cycle"] == [
        (3, "ref_formula_code"),
        (7, "ref_formula_code"),
    ]


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    (folder / "holidays.csv").unlink()
    (folder / "breakdowns.csv").write_text("")
    kpis = (folder / "kpis.csv").read_text()
    (folder / "kpis.csv").write_text(kpis.replace("%,2,higher,true", "%,two,higher,maybe"))
    targets = (folder / "targets.csv").read_text()
    (folder / "targets.csv").write_text(targets.replace("K2,1,K2", "K2,1,K9"))
    assert [
        (p.file, p.row, p.column, p.found, p.rule) for p in problems_of(folder) if p.rule != "reference"
    ] == [
        ("breakdowns", 0, "", "", "file"),
        ("holidays", 0, "", "", "file"),
        ("kpis", 2, "decimals", "two", "value"),
        ("kpis", 2, "quantified", "maybe", "value"),
    ]
    assert ("targets", 4, "kpi_code", "K9") in {
        (p.file, p.row, p.column, p.found) for p in problems_of(folder)
    }


def test_a_bad_cell_does_not_make_the_key_of_its_row_unknown(folder: Path) -> None:
    kpis = (folder / "kpis.csv").read_text()
    (folder / "kpis.csv").write_text(kpis.replace("%,2,higher,true", "%,two,higher,true"))
    [problem] = problems_of(folder)
    assert str(problem) == (
        "kpis.csv, row 2, column decimals, found 'two': "
        "Input should be a valid integer, unable to parse string as an integer [value]"
    )


def test_a_target_is_not_handed_to_the_unit_that_got_the_code(folder: Path) -> None:
    version = "C,{},K1,{},2025,,>=,60,,step,true,,Xã Hoà Bình,commune,100,{},Chủ tịch,Đổi xã,,{},{},,true\n"
    with (folder / "targets.csv").open("a", encoding="utf-8") as file:
        file.write(version.format(1, "registered", "Đăng ký", "2024-01-01", "2025-06-30"))
        file.write(version.format(2, "revised", "Đăng ký lại", "2025-07-01", ""))
    assert [(p.file, p.row, p.column, p.rule) for p in problems_of(folder)] == [
        ("targets", 9, "unit_code", "target")
    ]


def test_an_assigned_target_may_stand_beside_a_registered_one(folder: Path) -> None:
    with (folder / "targets.csv").open("a", encoding="utf-8") as file:
        file.write(
            "R,1,K1,registered,2025,,>=,60,,step,true,,Toàn tỉnh,province,,Đăng ký,,,,2024-01-01,,,true\n"
        )
    assert len(load_registry(folder).targets) == 7


def test_rows_are_counted_as_the_file_shows_them(folder: Path) -> None:
    path = folder / "breakdowns.csv"
    path.write_text(path.read_text() + '\n"a\nb",total,Một,One\n,total,Hai,Two\n')
    assert [(p.row, p.column, p.rule) for p in problems_of(folder)] == [(7, "breakdown_code", "required")]


def test_the_byte_order_mark_of_spreadsheets_is_no_part_of_the_header(folder: Path) -> None:
    path = folder / "kpis.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_registry(folder).kpis == load_registry(SMALL).kpis


def test_another_encoding_is_named_with_its_row(folder: Path) -> None:
    path = folder / "kpis.csv"
    path.write_bytes(
        path.read_text().replace("Dữ liệu mở", "Donn\u00e9es").encode("latin-1", errors="replace")
    )
    assert [(p.row, p.rule) for p in problems_of(folder) if p.file == "kpis"] == [(3, "encoding")]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="the folder does not exist"):
        load_registry(tmp_path / "nowhere")


def test_the_hash_follows_the_content(folder: Path) -> None:
    assert load_registry(folder).sha256 == load_registry(SMALL).sha256
    path = folder / "kpis.csv"
    path.write_text(path.read_text().replace("Open data", "Open Data"))
    assert load_registry(folder).sha256 != load_registry(SMALL).sha256


def test_each_file_has_a_hash_of_its_own(folder: Path) -> None:
    before = load_registry(folder).file_sha256
    path = folder / "kpis.csv"
    path.write_text(path.read_text() + "\n")
    after = load_registry(folder).file_sha256
    assert set(before) == {model.file for model in FILES}
    assert {name for name in before if before[name] != after[name]} == {"kpis"}
