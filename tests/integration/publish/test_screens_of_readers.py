"""What the ten saved queries show of a small published province."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting.publish import publish
from kpi_reporting.publish.saved_query import read_saved_query, with_placeholders
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse import connect
from tests.integration.publish.figures import PROJECT, tonight

QUERIES = PROJECT / "contracts/v1/queries"
PROVINCE, BETTER, WORSE, SILENT = "38@2025-07-01", "14758@2025-07-01", "14797@2025-07-01", "14999@2025-07-01"

FACTS = """
insert into marts.mart_units (unit_id, unit_code, kind, name_vi, sort_key, parent_id, valid_from, confirmed) values
    ('38@2025-07-01', '38', 'province', 'Tỉnh Thanh Hóa', 'a', null, '2025-07-01', true),
    ('14758@2025-07-01', '14758', 'commune', 'Phường Hàm Rồng', 'b', '38@2025-07-01', '2025-07-01', true),
    ('14797@2025-07-01', '14797', 'commune', 'Phường Hạc Thành', 'c', '38@2025-07-01', '2025-07-01', true),
    ('14999@2025-07-01', '14999', 'commune', 'Xã Mường Lát', 'd', '38@2025-07-01', '2025-07-01', true);
insert into marts.mart_kpis (
    kpi_code, formula_code, formula_version, name_vi, name_en, formula_vi, unit_of_measure, decimals, direction,
    quantified, is_primary, sort_order, confirmed
) values
    ('DT03', 'DT03-plan', 1, 'Hồ sơ trực tuyến', 'Online files', 'x / y', '%', 2, 'higher', true, true, 1, true),
    ('DT03', 'DT03-share', 1, 'Hồ sơ trực tuyến', 'Online files', 'x / z', '%', 2, 'higher', true, false, 1, true);
insert into marts.mart_targets (
    target_code, target_version, kpi_code, target_year, operator, threshold, scope, unit_kind, act, valid_from, confirmed,
    target_kind, trajectory, trajectory_confirmed
) values ('T03', 1, 'DT03', 2025, '>=', 80, 'all', 'province', 'Kế hoạch 2025', '2025-01-01', true, 'assigned', 'step', true);
insert into marts.mart_obligations (
    unit_id, unit_code, form_code, calendar_code, period_code, due_at, lock_at, state, submission_id, is_late,
    correction_lock_at, is_nil
) values
    ('14758@2025-07-01', '14758', 'HS-01', 'administrative', '2025-M07', '2025-07-16', '2025-07-30', 'provisional', 1, false, '2025-07-30', false),
    ('14797@2025-07-01', '14797', 'HS-01', 'administrative', '2025-M07', '2025-07-16', '2025-07-30', 'provisional', 2, true, '2025-07-30', false),
    ('14999@2025-07-01', '14999', 'HS-01', 'administrative', '2025-M07', '2025-07-16', '2025-07-30', 'late', null, true, '2025-07-30', false);
"""
FIGURE = """
insert into marts.mart_kpi_values (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, first_day,
    last_day, value, numerator, denominator, unit_of_measure, units_counted, units_owed, data_state, reason, is_primary,
    confirmed, target_code, target_version, target_operator, target_value, target_status
) values (
    'DT03', %s, 1, %s, 'x', 'administrative', %s, 'month', %s, %s, %s, 1, 1, '%%', 2, 3, %s, %s, %s,
    true, 'T03', 1, '>=', 80, %s
)
"""
JUNE, JULY = ("2025-M06", "2025-05-15", "2025-06-14"), ("2025-M07", "2025-06-15", "2025-07-14")


def figure(
    conn: psycopg.Connection, unit: str, month: tuple[str, ...], value: str | None, **other: Any
) -> None:
    state = ("absent", "no_data") if value is None else ("partial", None)
    status = "no_data" if value is None else "reached" if Decimal(value) >= 80 else "behind"
    primary = other.get("primary", True)
    formula = "DT03-plan" if primary else "DT03-share"
    conn.execute(FIGURE, (formula, unit, *month, value, *state, primary, status))


@pytest.fixture(scope="module")
def province(warehouse: str, registry: Registry) -> Iterator[psycopg.Connection]:
    """Two publications: June and July, then a corrected July; one finding."""
    with connect(warehouse) as conn:
        conn.execute(FACTS)
        figure(conn, PROVINCE, JUNE, "60")
        figure(conn, PROVINCE, JULY, "70")
        figure(conn, PROVINCE, JULY, "72.5", primary=False)
        for unit, value in ((BETTER, "90"), (WORSE, "50"), (SILENT, None)):
            figure(conn, unit, JULY, value)
        publish(conn, tonight(conn, registry), registry)
        conn.execute(
            "update marts.mart_kpi_values set value = 71 where value = 70 and unit_id = %s", (PROVINCE,)
        )
        night = tonight(conn, registry)
        conn.execute(
            """
            insert into quality.findings (
                night_id, layer, rule_id, severity, sender_code, form_code, message_vi, message_en, action_vi
            ) values (%s, 'row', 'HS-01.sum', 'error', '14797', 'HS-01', 'Sai tổng', 'Wrong sum', 'Sửa')
            """,
            (night.night_id,),
        )
        publish(conn, night, registry)
        yield conn


def screen(conn: psycopg.Connection, name: str, **parameters: str) -> list[dict[str, Any]]:
    query = read_saved_query(Path(QUERIES, f"{name}.sql"))
    assert parameters.keys() == query.parameters.keys()
    with conn.transaction(force_rollback=True):
        conn.execute("set local search_path = reporting")
        cursor = conn.execute(with_placeholders(query.statement), parameters)
        names = list(query.columns)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_board_shows_the_newest_month_of_the_province(province: psycopg.Connection) -> None:
    (row,) = screen(province, "board_of_the_province")
    assert (row["read_publication_id"], row["period_code"], row["value"]) == (2, "2025-M07", 71)
    assert (row["target_value"], row["target_status"]) == (80, "behind")


def test_series_is_in_the_order_of_months(province: psycopg.Connection) -> None:
    rows = screen(province, "series_of_a_kpi", kpi_code="DT03")
    assert [(row["last_day"], row["value"]) for row in rows] == [
        (date(2025, 6, 14), 60),
        (date(2025, 7, 14), 71),
    ]


def test_ranking_leaves_communes_without_a_figure_unranked_at_the_end(province: psycopg.Connection) -> None:
    rows = screen(province, "ranking_of_communes", kpi_code="DT03")
    assert [(row["place"], row["unit_id"]) for row in rows] == [(1, BETTER), (2, WORSE), (None, SILENT)]
    province.execute("update reporting.kpis set direction = 'lower'")
    rows = screen(province, "ranking_of_communes", kpi_code="DT03")
    assert [row["unit_id"] for row in rows] == [WORSE, BETTER, SILENT]
    province.execute("update reporting.kpis set direction = 'higher'")


def test_who_has_not_filed_is_named(province: psycopg.Connection) -> None:
    rows = screen(province, "who_has_not_filed", period_code="2025-M07")
    assert [(row["unit_id"], row["state"]) for row in rows] == [(SILENT, "late")]


def test_targets_behind_are_shown_with_their_gap(province: psycopg.Connection) -> None:
    rows = screen(province, "targets_behind", period_code="2025-M07")
    assert [(row["unit_id"], row["gap"], row["act"]) for row in rows] == [
        (PROVINCE, -9, "Kế hoạch 2025"),
        (WORSE, -30, "Kế hoạch 2025"),
    ]


def test_what_changed_since_a_publication_has_its_cause_and_the_value_before(
    province: psycopg.Connection,
) -> None:
    (row,) = screen(province, "figures_changed_since", publication_id="1")
    assert (row["read_publication_id"], row["revision"], row["cause"]) == (2, 2, "recomputed")
    assert (row["value"], row["value_before"]) == (71, 70)
    assert len(screen(province, "figures_changed_since", publication_id="0")) == 7


def test_passport_of_a_commune_shows_the_province_beside_it(province: psycopg.Connection) -> None:
    (row,) = screen(province, "passport_of_a_unit", unit_id=BETTER)
    assert (row["value"], row["value_above"], row["target_status"]) == (90, 71, "reached")
    (top,) = screen(province, "passport_of_a_unit", unit_id=PROVINCE)
    assert (top["value"], top["value_above"]) == (71, None)


def test_findings_are_those_of_the_sender(province: psycopg.Connection) -> None:
    assert [row["message_vi"] for row in screen(province, "findings_of_a_sender", sender_code="14797")] == [
        "Sai tổng"
    ]
    assert screen(province, "findings_of_a_sender", sender_code="14758") == []


def test_completeness_counts_filed_and_late(province: psycopg.Connection) -> None:
    (row,) = screen(province, "completeness_by_form", period_code="2025-M07")
    assert list(row.values()) == [2, "HS-01", "administrative", 3, 2, 2, 0]


def test_competing_formulas_stand_beside_the_primary_one(province: psycopg.Connection) -> None:
    (row,) = screen(province, "competing_formulas", unit_id=PROVINCE, period_code="2025-M07")
    assert (row["formula_code"], row["primary_value"], row["difference"]) == (
        "DT03-share",
        71,
        Decimal("1.5"),
    )


def test_each_query_tries_itself_on_rows(province: psycopg.Connection) -> None:
    """A sample that finds no value would check nothing."""
    for path in sorted(QUERIES.glob("*.sql")):
        query = read_saved_query(path)
        with province.transaction(force_rollback=True):
            province.execute("set local search_path = reporting")
            rows = [province.execute(sample.encode()).fetchone() for sample in query.parameters.values()]
            values = dict(zip(query.parameters, (row[0] if row else None for row in rows), strict=True))
            assert province.execute(with_placeholders(query.statement), values).fetchone(), query.file
