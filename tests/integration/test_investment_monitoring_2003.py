"""A real workbook of 2003 through the whole chain: TCVN3 text, stacked headers, wrong totals, staff names below.

Everything the product knows of it stands in examples/investment_monitoring_2003: registry rows and a suite.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting.checks import load_suite
from kpi_reporting.checks.door import form_figures
from kpi_reporting.registry import load_registry
from kpi_reporting.warehouse import connect
from tests.golden.chain import PROJECT, OneDatabase, run_night, settings_for

EXAMPLE = PROJECT / "examples" / "investment_monitoring_2003"
WORKBOOK = Path(os.environ.get("KPI_REAL_WORKBOOKS", PROJECT.parent / "shared" / "data" / "real")).joinpath(
    "2007-74Z4A_solieu9thang-2.xls"
)
RECEIVED = 1_065_000_000  # 1 October 2003
AS_OF = "2003-11-01T01:00:00+07:00"
PERIOD, QUARTER = "2003-N9", "2003-Q3"

# Cell of the published total: what the workbook says, what its rows add up to. The sum ranges of eight columns
# stop one row short of Bình Thuận; the grand totals below repeat the fault.
WRONG_TOTALS = {
    "D31": (3, 4), "E31": (368, 398), "F31": (2985, 3307), "G31": (1580, 1703),
    "H31": (1156, 1233), "I31": (923, 1118), "K31": (149, 213), "L31": (318, 355),
    "D63": (85, 86), "E63": (495, 525), "F63": (3247, 3569), "G63": (1734, 1857),
    "H63": (1248, 1325), "I63": (1033, 1228), "K63": (180, 244), "L63": (367, 404),
}  # fmt: skip
ROWS_THAT_DO_NOT_ADD_UP = {"long-an": (104, 114), "da-nang": (404, 394), "binh-thuan": (333, 353)}
WITHOUT_DATA = {"nam-dinh", "ben-tre", "binh-phuoc", "ha-tinh"}
THIRD_QUARTER = {"dong-nai", "lao-cai", "ha-tay"}

# Published rate in percent, with the published figures it comes from.
RATES = {
    "group_a": ("2.043", 85, 4160), "group_b": ("11.899", 495, 4160), "group_c": ("78.053", 3247, 4160),
    "approved": ("41.683", 1734, 4160), "finished": ("30.000", 1248, 4160), "monitored": ("24.832", 1033, 4160),
    "violating": ("6.776", 70, 1033), "delayed": ("17.425", 180, 1033), "adjusted": ("35.528", 367, 1033),
    "stopped": ("3.969", 41, 1033), "ineffective": ("0.290", 3, 1033),
}  # fmt: skip

# What the product publishes for the whole country: rows of the nine months only, every one of them.
KPIS = {
    "GS01": (86, 3940), "GS02": (510, 3940), "GS03": (3364, 3940), "GS04": (1647, 3940),
    "GS05": (1245, 3940), "GS06": (1228, 3940), "GS07": (70, 1228), "GS08": (239, 1228),
    "GS09": (384, 1228), "GS10": (40, 1228), "GS11": (3, 1228),
}  # fmt: skip


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not WORKBOOK.is_file():
        pytest.skip(f"the real workbook is not at {WORKBOOK}; KPI_REAL_WORKBOOKS names the folder it lies in")
    folder = tmp_path_factory.mktemp("inbox-2003")
    copy = folder / "workbooks" / WORKBOOK.name
    copy.parent.mkdir()
    shutil.copyfile(WORKBOOK, copy)
    os.utime(copy, (RECEIVED, RECEIVED))
    return folder


@pytest.fixture(scope="module")
def settings_2003(inbox: Path, warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> OneDatabase:
    return settings_for(warehouse_dsn, tmp_path_factory.mktemp("home-2003"))


@pytest.fixture(scope="module")
def told(settings_2003: OneDatabase, inbox: Path) -> dict[str, Any]:
    """What each step said of the night."""
    return run_night(settings_2003, EXAMPLE / "registry", inbox, AS_OF)


@pytest.fixture
def conn(told: dict[str, Any], warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    with connect(warehouse_dsn) as connection:
        yield connection


def findings(conn: psycopg.Connection, rule_id: str) -> list[tuple[str, str, str]]:
    """Cell, subject and English message of a rule's findings."""
    query = (
        "select cell, subject, message_en from quality.findings where rule_id = %s and sheet_name = 'Sheet1'"
    )
    return conn.execute(query, (rule_id,)).fetchall()


def unit_code(subject: str) -> str:
    return subject.partition("@")[0]


def row_figures(conn: psycopg.Connection, row_kind: str) -> dict[str, Decimal]:
    query = """
        select f.field_code, f.value
        from staging.stg_figures as f inner join staging.stg_rows as r using (submission_id, sheet_name, row_number)
        where r.row_kind = %s and f.value is not null
    """
    return dict(conn.execute(query, (row_kind,)).fetchall())


def test_workbook_is_accepted_for_the_ministry_that_consolidated_it(conn: psycopg.Connection) -> None:
    query = """
        select g.sender_code, g.form_code, g.period_code, g.claimed_by, g.sheet_name, s.state
        from raw.readings as g inner join raw.submission_states as s using (submission_id)
        order by s.state_seq desc limit 1
    """
    assert conn.execute(query).fetchall() == [("bo-khdt", "GSDT", PERIOD, "source", "Sheet1", "accepted")]


def test_every_total_that_misses_the_last_row_is_found(conn: psycopg.Connection) -> None:
    found = {
        cell: tuple(int(number) for number in re.findall(r"says (\d+), adds up to (\d+)", text)[0])
        for cell, _, text in findings(conn, "structure.total_mismatch")
    }
    assert found == WRONG_TOTALS
    last_row = {
        "group_a": 1,
        "group_b": 30,
        "group_c": 322,
        "approved": 123,
        "finished": 77,
        "monitored": 195,
    }
    in_section = [pair for cell, pair in WRONG_TOTALS.items() if cell.endswith("31")]
    assert [computed - published for published, computed in in_section] == [*last_row.values(), 64, 37]


def test_rows_whose_groups_do_not_add_up_are_found(conn: psycopg.Connection) -> None:
    query = """
        select split_part(r.unit_id, '@', 1), max(f.value) filter (where f.field_code = 'projects'),
            sum(f.value) filter (where f.field_code in ('group_a', 'group_b', 'group_c'))
        from quality.findings as q
        inner join staging.stg_rows as r on q.cell ~ ('^[A-Z]+' || r.row_number || '$') and r.row_kind = 'data'
        inner join staging.stg_figures as f on f.submission_id = r.submission_id and f.row_number = r.row_number
        where q.rule_id = 'GSDT.groups_add_up'
        group by 1
    """
    found = {unit: (int(total), int(parts)) for unit, total, parts in conn.execute(query).fetchall()}
    assert found == ROWS_THAT_DO_NOT_ADD_UP
    assert len(findings(conn, "GSDT.groups_add_up")) == len(found)


def test_units_without_data_stay_rows_without_figures(conn: psycopg.Connection) -> None:
    assert {unit_code(subject) for _, subject, _ in findings(conn, "structure.no_data")} == WITHOUT_DATA
    query = "select count(*) from reporting.indicator_values where unit_code = any(%s)"
    assert conn.execute(query, (list(WITHOUT_DATA),)).fetchall() == [(0,)]


def test_third_quarter_counts_for_the_third_quarter_only(conn: psycopg.Connection) -> None:
    assert {unit_code(subject) for _, subject, _ in findings(conn, "structure.other_period")} == THIRD_QUARTER
    query = "select period_code, array_agg(distinct unit_code) from reporting.indicator_values group by 1"
    units = {period: set(codes) for period, codes in conn.execute(query).fetchall()}
    assert units[QUARTER] == THIRD_QUARTER
    assert not units[PERIOD] & (THIRD_QUARTER | WITHOUT_DATA)
    assert len(units[PERIOD]) == 20 - len(WITHOUT_DATA) - len(THIRD_QUARTER) + 14 + 1


def test_published_rates_have_two_denominators(conn: psycopg.Connection) -> None:
    """The formulas of the registry, fed with the published totals, give every published rate."""
    totals, rates = row_figures(conn, "grand_total"), row_figures(conn, "rate")
    query = """
        select
            max(f.field_code) filter (where t.side = 'numerator'),
            max(f.field_code) filter (where t.side = 'denominator')
        from registry.formula_terms as t inner join registry.form_fields as f using (indicator_code)
        group by t.formula_code
    """
    formulas = dict(conn.execute(query).fetchall())
    assert {field: (totals[field], totals[formulas[field]]) for field in rates} == {
        field: (numerator, denominator) for field, (_, numerator, denominator) in RATES.items()
    }
    for field, (published, numerator, denominator) in RATES.items():
        assert round(rates[field] * 100, 3) == Decimal(published)
        assert round(Decimal(numerator) / Decimal(denominator) * 100, 3) == Decimal(published)


def test_kpis_of_the_country_come_from_the_rows_not_from_the_wrong_totals(conn: psycopg.Connection) -> None:
    query = """
        select kpi_code, numerator, denominator, value from reporting.kpi_values
        where unit_code = 'ca-nuoc' and period_code = %s order by kpi_code
    """
    rows = conn.execute(query, (PERIOD,)).fetchall()
    assert {kpi: (int(above), int(below)) for kpi, above, below, _ in rows} == KPIS
    for _, above, below, value in rows:
        assert value == round(above / below * 100, 3)


def test_staff_names_below_the_table_are_not_data(conn: psycopg.Connection) -> None:
    query = "select distinct row_kind from staging.stg_rows where row_number between 65 and 155"
    assert {kind for (kind,) in conn.execute(query).fetchall()} <= {"outside", "blank"}
    assert findings(conn, "structure.unit_unknown") == []
    names = "select count(*) from staging.stg_rows where row_kind = 'data'"
    assert conn.execute(names).fetchall() == [(20 + 14 + 1,)]


def test_results_without_their_denominator_are_found(conn: psycopg.Connection) -> None:
    assert len(findings(conn, "GSDT.monitored_is_missing")) == 13
    assert [cell for cell, _, _ in findings(conn, "GSDT.within_monitored")] == ["L18"]
    assert {cell[1:] for cell, _, _ in findings(conn, "GSDT.groups_add_up_in_totals")} == {"31", "63"}


def test_impossible_share_is_stopped_alone(conn: psycopg.Connection) -> None:
    """Long An adjusted 16 of 8 monitored projects: 200 % is not published, everything else of Long An is."""
    blocked = conn.execute("select figure_key, rule_id from quality.blocked_figures").fetchall()
    figure = f"GS09/GS09-a/long-an@2003-01-01/civil/{PERIOD}"
    assert blocked == [(figure, "exit.share_out_of_range")]
    query = "select kpi_code from reporting.kpi_values where unit_code = 'long-an' and period_code = %s"
    published = {kpi for (kpi,) in conn.execute(query, (PERIOD,)).fetchall()}
    assert published == KPIS.keys() - {"GS09"}


def test_same_night_again_changes_nothing(
    conn: psycopg.Connection, settings_2003: OneDatabase, inbox: Path
) -> None:
    before = conn.execute("select count(*), max(publication_id) from reporting.publications").fetchall()
    again = run_night(settings_2003, EXAMPLE / "registry", inbox, AS_OF)
    assert again["publish"] == {}
    conn.rollback()
    assert (
        conn.execute("select count(*), max(publication_id) from reporting.publications").fetchall() == before
    )


def test_suites_point_at_fields_of_the_form() -> None:
    registry = load_registry(EXAMPLE / "registry")
    load_suite(EXAMPLE / "expectations" / "GSDT.yml", frozenset(form_figures(registry, "GSDT")))
    load_suite(EXAMPLE / "expectations" / "exit.yml")


def test_no_code_knows_the_workbook() -> None:
    """Only registry rows and a suite do."""
    known_to_registry = re.compile(r"GSDT|solieu9thang|Các tỷ lệ|Tổng cộng|Số D\.A\.|bo-khdt|quý III")
    code = [
        path
        for folder in ("src", "dags", "dbt_project/models", "dbt_project/macros")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in {".py", ".sql", ".yml"}
    ]
    assert len(code) > 50
    assert [str(path) for path in code if known_to_registry.search(path.read_text(encoding="utf-8"))] == []
