"""What is registered late republishes the periods it touches and no other, and the past stays readable as it was.

One commune too many in the issues would be a figure that changed without a reason, one too few a figure that is wrong.
"""

from __future__ import annotations

import csv
import os
import shutil
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from kpi_reporting.warehouse import connect
from tests.engine.files import write_csv
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import OneDatabase, run_night, settings_for

FIRST, EVENT, FORMULA = (f"2025-09-{day}T01:00:00+07:00" for day in (17, 18, 19))
UNITS = """unit_id,code,kind,unit_type,name_vi,name_en,parent_id,valid_from,valid_to,legal_basis,confirmed
99@2020-01-01,99,province,Tỉnh,Tỉnh Thử Nghiệm,Test province,,2020-01-01,,,true
khu-1@2020-01-01,khu-1,group,Khu,Khu Một,Area one,99@2020-01-01,2020-01-01,,,true
khu-2@2020-01-01,khu-2,group,Khu,Khu Hai,Area two,99@2020-01-01,2020-01-01,,,true
90010@2020-01-01,90010,commune,Xã,Xã Một,Commune one,khu-1@2020-01-01,2020-01-01,,,true
90011@2020-01-01,90011,commune,Xã,Xã Hai,Commune two,khu-1@2020-01-01,2020-01-01,,,true
90012@2020-01-01,90012,commune,Xã,Xã Ba,Commune three,khu-2@2020-01-01,2020-01-01,,,true
"""
NEW_UNIT = "90013@2025-08-01,90013,commune,Xã,Xã Mới,New commune,khu-1@2020-01-01,2025-08-01,,,true\n"
EVENTS = """event_id,effective_day,kind,from_unit_id,to_unit_id,share,legal_basis,confirmed
one,2025-08-01,merge,90010@2020-01-01,90013@2025-08-01,1,,true
two,2025-08-01,merge,90011@2020-01-01,90013@2025-08-01,1,,true
"""
# July ends before the merge of 1 August, August and September after it, and so does the quarter they make.
OLD, NEW, ABOVE = ("90010", "90011"), "90013", ("khu-1", "99")
BESIDE = ("khu-2", "90012")
FORMULAS = ("DIRECT-a", "ONLINE-a")
_ISSUES = "select formula_code, split_part(unit_id, '@', 1), period_code, cause, is_removed from reporting.{}"
_OBSERVED = (
    "select indicator_code, split_part(unit_id, '@', 1), period_code, cause, is_removed from reporting.{}"
)

Issues = set[tuple[str, str, str, str, bool]]


@pytest.fixture(scope="module")
def province(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> OneDatabase:
    """Three communes in two areas, all of them filed from July to September; published once."""
    place = tmp_path_factory.mktemp("backdated")
    shutil.copytree(GOLDEN / "registry", place / "registry")
    shutil.copytree(GOLDEN / "expectations", place / "expectations")
    (place / "registry/units.csv").write_text(UNITS, "utf-8")
    (place / "registry/unit_events.csv").write_text(EVENTS.splitlines()[0] + "\n", "utf-8")
    _second_kpi(place / "registry")
    for number, (commune, month) in enumerate(product(("90010", "90011", "90012"), ("M07", "M08", "M09")), 1):
        _file(place / f"inbox/filings/{number}.csv", commune, f"2025-{month}", number)
    settings = settings_for(warehouse_dsn, place)
    run_night(settings, settings.registry_dir, settings.inbox, FIRST)
    return settings


def test_a_merge_registered_late_republishes_what_ends_after_it_where_it_happened(
    province: OneDatabase,
) -> None:
    before = seen(province, 1)
    assert len(before) == len(FORMULAS) * 6 * 4
    write(province, "units", ended(UNITS, OLD) + NEW_UNIT)
    write(province, "unit_events", EVENTS)
    run_night(province, province.registry_dir, province.inbox, EVENT)

    gone = {(unit, period, "unit_event", True) for unit in OLD for period in ("2025-M08", "2025-M09")}
    gone |= {(unit, "2025-Q3", "unit_event", False) for unit in OLD}
    touched = ("2025-M08", "2025-M09", "2025-Q3")
    first = {(NEW, period, "first", False) for period in touched}
    changed = {(unit, period, "unit_event", False) for unit in ABOVE for period in touched}
    assert len(gone | first | changed) == 15
    assert issues(province, 2) == {(code, *one) for code in FORMULAS for one in gone | first | changed}
    assert observed(province, 2) == {
        (f"dossiers.received_{count}", unit, period, "unit_event", True)
        for count in ("total", "online", "direct", "post")
        for unit in OLD
        for period in ("2025-M08", "2025-M09")
    }
    assert seen(province, 1) == before


def test_a_version_of_a_formula_registered_late_republishes_the_periods_it_holds_for(
    province: OneDatabase,
) -> None:
    """From 1 September: September and the quarter end after it."""
    if len(publications(province)) == 1:
        pytest.skip("goes on from the merge")
    before = {number: seen(province, number) for number in (1, 2)}
    rows = read(province, "kpi_formulas")
    (one,) = [row for row in rows if row["formula_code"] == "ONLINE-a"]
    second = {**one, "formula_version": "2", "valid_from": "2025-09-01"}
    one["valid_to"] = "2025-08-31"
    write_rows(province, "kpi_formulas", [*rows, second])
    terms = read(province, "kpi_terms")
    again = [{**row, "formula_version": "2"} for row in terms if row["formula_code"] == "ONLINE-a"]
    again[0]["indicator_code"] = "dossiers.received_post"
    write_rows(province, "kpi_terms", [*terms, *again])
    run_night(province, province.registry_dir, province.inbox, FORMULA)

    september = {(unit, "2025-M09") for unit in (NEW, *ABOVE, *BESIDE)}
    quarter = {(unit, "2025-Q3") for unit in (NEW, *OLD, *ABOVE, *BESIDE)}
    assert issues(province, 3) == {("ONLINE-a", *key, "formula", False) for key in september | quarter}
    assert observed(province, 3) == set()
    assert {number: seen(province, number) for number in (1, 2)} == before


def ended(units: str, codes: tuple[str, ...]) -> str:
    return "".join(
        line.replace("2020-01-01,,,true", "2020-01-01,2025-07-31,,true") if line[:5] in codes else line
        for line in units.splitlines(keepends=True)
    )


def write(province: OneDatabase, name: str, text: str) -> None:
    (province.registry_dir / f"{name}.csv").write_text(text, "utf-8")


def read(province: OneDatabase, name: str) -> list[dict[str, str]]:
    with (province.registry_dir / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_rows(province: OneDatabase, name: str, rows: list[dict[str, str]]) -> None:
    write_csv(province.registry_dir / f"{name}.csv", [list(rows[0]), *(row.values() for row in rows)])


def publications(province: OneDatabase) -> list[int]:
    with connect(province.database) as conn:
        return [number for (number,) in conn.execute("select publication_id from reporting.publications")]


def seen(province: OneDatabase, publication: int) -> set[str]:
    """What readers saw after a publication, every column as text."""
    with connect(province.database) as conn:
        rows = conn.execute("select cast(v as text) from reporting.kpi_values_as_of(%s) as v", (publication,))
        return {row for (row,) in rows}


def issues(province: OneDatabase, publication: int) -> Issues:
    return _issues(province, _ISSUES.format("kpi_value_issues"), publication)


def observed(province: OneDatabase, publication: int) -> Issues:
    return _issues(province, _OBSERVED.format("indicator_value_issues"), publication)


def _issues(province: OneDatabase, query: str, publication: int) -> Issues:
    with connect(province.database) as conn:
        rows: list[tuple[str, str, str, str, bool]] = conn.execute(
            f"{query} where publication_id = %s".encode(), (publication,)
        ).fetchall()
    assert len(rows) == len(set(rows))
    return set(rows)


def _second_kpi(registry: Path) -> None:
    """Beside the share that is online, one that is handed in directly."""
    for name, columns in (("kpis", ("kpi_code",)), ("kpi_formulas", ("formula_code", "kpi_code"))):
        with (registry / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        rows.append({**rows[0], **{name: rows[0][name].replace("ONLINE", "DIRECT") for name in columns}})
        write_csv(registry / f"{name}.csv", [list(rows[0]), *(row.values() for row in rows)])
    with (registry / "kpi_terms.csv").open("a", encoding="utf-8") as terms:
        terms.write("DIRECT-a,1,numerator,dossiers.received_direct,total,1\n")
        terms.write("DIRECT-a,1,denominator,dossiers.received_total,total,1\n")


def _file(path: Path, commune: str, period: str, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    counts = (10 * number, 7 * number, number)
    write_csv(path, [
        ("Mã biểu", "B-01"), ("Phiên bản", "1"), ("Mã đơn vị", commune), ("Kỳ báo cáo", period),
        ("Mã số", "Chỉ tiêu", "Số liệu"), ("1", "Tổng số tiếp nhận", str(sum(counts))),
        ("1.1", "Tiếp nhận trực tuyến", str(counts[0])), ("1.2", "Tiếp nhận trực tiếp", str(counts[1])),
        ("1.3", "Tiếp nhận qua bưu chính", str(counts[2])),
    ])  # fmt: skip
    day = {"2025-M07": "2025-07-15", "2025-M08": "2025-08-15", "2025-M09": "2025-09-15"}[period]
    seconds = datetime.fromisoformat(f"{day}T09:00:00+07:00").timestamp()
    os.utime(path, (seconds, seconds))
