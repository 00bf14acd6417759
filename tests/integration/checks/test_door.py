"""Checks at the door, with the real Great Expectations, suites and registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import (
    GOOD,
    IN_TIME,
    PROJECT,
    SUITES,
    findings,
    list_of,
    state,
)
from tests.integration.staged import TableRow, figures_of, fill_table, submit


def test_one_bad_submission_stops_itself_only(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    good = list_of(conn, night, registry, "good")
    wrong_sum = list_of(conn, night, registry, "wrong_sum", received_online=61)
    text = list_of(conn, night, registry, "text", completed_late="năm")
    absent = list_of(conn, night, registry, "absent", work_dossiers=None)
    conn.commit()

    summary = check_door(conn, staged, registry, night, SUITES)

    assert summary.broken == ()
    assert (summary.accepted, summary.rejected, summary.waiting) == (1, 3, 0)
    assert state(conn, good) == "accepted"
    assert findings(conn, good) == {}
    assert {state(conn, one) for one in (wrong_sum, text, absent)} == {"rejected"}
    found = findings(conn, wrong_sum)["HS-01.received_adds_up"]
    assert found["cell"] == "D10"
    assert found["found"].startswith("Tổng số hồ sơ tiếp nhận = 100; Hồ sơ tiếp nhận trực tuyến = 61;")
    assert found["message_vi"] != found["message_en"]
    assert findings(conn, text)["structure.figure_unreadable"]["found"] == "năm"
    assert set(findings(conn, absent)) == {"structure.figure_missing"}


def test_nothing_to_check_does_not_load_great_expectations(staged: str) -> None:
    code = f"""
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from datetime import datetime
from pathlib import Path
from kpi_reporting.checks import check_door
from kpi_reporting.registry import load_registry
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night
folder = Path({str(PROJECT / "dbt_project/seeds/thanh_hoa")!r})
with connect({staged!r}) as conn:
    night = Night(datetime(2030, 1, 1, tzinfo=UTC), folder, folder)
    print(check_door(conn, {staged!r}, load_registry(folder), night, folder).judged)
print("great_expectations" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]


def test_more_failing_rows_than_the_library_lists_by_default_are_all_found(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    rows = [
        TableRow(f"{code}@2025-01-01", {**GOOD, "received_total": 99, "pending_total": -1})
        for code in range(250)
    ]
    district = submit(conn, night.night_id, "HS-01H", "380", IN_TIME)
    fill_table(conn, district, rows)
    conn.commit()

    check_door(conn, staged, registry, night, SUITES)

    counted = conn.execute(
        "select rule_id, count(*) from quality.findings where submission_id = %s group by 1", (district,)
    ).fetchall()
    assert dict(counted)["HS-01H.received_adds_up"] == 250
    assert dict(counted)["HS-01H.not_negative"] == 250
    assert state(conn, district) == "rejected"


def test_a_wrong_total_names_column_published_and_computed(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    district = submit(conn, night.night_id, "HS-01H", "381", IN_TIME)
    totals = {field: 2 * GOOD[field] for field in figures_of(registry, "HS-01H")}
    rows = [
        TableRow("1@2025-01-01", GOOD),
        TableRow("2@2025-01-01", GOOD),
        TableRow("3@2025-01-01", {}, note="no_data"),
        TableRow(None, {**totals, "pending_total": 20}, kind="grand_total"),
    ]
    fill_table(conn, district, rows)
    conn.commit()

    check_door(conn, staged, registry, night, SUITES)

    found = findings(conn, district)
    assert set(found) == {"structure.total_mismatch", "structure.no_data"}
    assert (
        'Cột "Hồ sơ đang giải quyết Tổng số": ghi 20, cộng được 40.'
        in found["structure.total_mismatch"]["message_vi"]
    )
    assert found["structure.total_mismatch"]["cell"] == "L13"
    assert state(conn, district) == "accepted"


RATE = """
suite: HS-01H
rules:
  - id: HS-01H.rate_of_online
    layer: cross_form
    severity: warning
    rows: rate
    fields: [resolved_online]
    expectation: unexpected_rows
    kwargs: {condition: "resolved_online <> round(resolved_online__sum * 100 / completed_total__total, 1)"}
    reason_vi: Dòng tỷ lệ không khớp với tổng của cột.
    reason_en: The rate row does not follow from its totals.
    action_vi: Kiểm tra công thức của dòng tỷ lệ.
"""


@pytest.mark.parametrize(("rate", "found"), [(62, False), (63, True)])
def test_a_suite_compares_a_rate_row_with_the_sums(
    conn: psycopg.Connection,
    staged: str,
    registry: Registry,
    night: Night,
    tmp_path: Path,
    rate: int,
    found: bool,
) -> None:
    (tmp_path / "HS-01H.yml").write_text(RATE)
    district = submit(conn, night.night_id, "HS-01H", "387", IN_TIME)
    rows = [
        TableRow("1@2025-01-01", {"resolved_online": 50, "completed_total": 70}),
        TableRow("2@2025-01-01", {"resolved_online": 12, "completed_total": 30}),
        TableRow(None, {"resolved_online": 62, "completed_total": 100}, kind="grand_total"),
        TableRow(None, {"resolved_online": rate}, kind="rate"),
    ]
    fill_table(conn, district, rows)
    conn.commit()
    assert check_door(conn, staged, registry, night, tmp_path).broken == ()
    assert ("HS-01H.rate_of_online" in findings(conn, district)) is found


def test_a_unit_twice_or_unknown_rejects(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    twice = submit(conn, night.night_id, "HS-01H", "382", IN_TIME)
    fill_table(conn, twice, [TableRow("1@2025-01-01", GOOD), TableRow("1@2025-01-01", GOOD)])
    unknown = submit(conn, night.night_id, "HS-01H", "384", IN_TIME)
    fill_table(conn, unknown, [TableRow(None, GOOD, problem="unit_unknown", named=("99999", "Xã Lạ"))])
    empty = submit(conn, night.night_id, "HS-01H", "385", IN_TIME)
    nil = submit(conn, night.night_id, "HS-01H", "386", IN_TIME, is_nil=True)
    conn.commit()

    check_door(conn, staged, registry, night, SUITES)

    assert set(findings(conn, twice)) == {"structure.unit_twice"}
    assert set(findings(conn, unknown)) == {"structure.unit_unknown"}
    found = findings(conn, unknown)["structure.unit_unknown"]
    assert (found["cell"], found["found"]) == ("A10", "99999 Xã Lạ")
    assert found["message_en"].endswith("There is no such unit in the period.")
    assert set(findings(conn, empty)) == {"structure.no_data_rows"}
    assert state(conn, nil) == "accepted"


def test_a_correction_takes_force_only_when_accepted(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    first = list_of(conn, night, registry, "corrected")
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    faulty = list_of(conn, night, registry, "corrected", sequence=2, received_total=1)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, first), state(conn, faulty)) == ("accepted", "rejected")

    better = list_of(conn, night, registry, "corrected", sequence=3)
    conn.commit()
    summary = check_door(conn, staged, registry, night, SUITES)

    assert (state(conn, first), state(conn, better)) == ("superseded", "accepted")
    assert summary.superseded == 1


def test_a_blank_table_leaves_the_earlier_filing_in_force(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    def payments(sequence: int, figure: int | None) -> int:
        submission = submit(conn, night.night_id, "TT-01", "blank", IN_TIME, sequence=sequence)
        figures = dict.fromkeys(figures_of(registry, "TT-01"), figure)
        fill_table(conn, submission, [TableRow("sender", figures, breakdown="water")])
        conn.commit()
        check_door(conn, staged, registry, night, SUITES)
        return submission

    first, blank = payments(1, 4), payments(2, None)
    assert (state(conn, first), state(conn, blank)) == ("accepted", "rejected")
    assert findings(conn, blank)["structure.no_figures"]["severity"] == "error"
