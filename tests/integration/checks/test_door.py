"""Checks at the door, with the real Great Expectations, suites and registry."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import (
    AFTER_CORRECTION_LOCK,
    AFTER_LOCK,
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


def test_after_the_lock_a_submission_is_held(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    late = list_of(conn, night, registry, "late", received_at=AFTER_LOCK)
    conn.commit()
    assert check_door(conn, staged, registry, night, SUITES).held == 1
    assert state(conn, late) == "held"


def reason(conn: psycopg.Connection, submission_id: int) -> str | None:
    row = conn.execute(
        "select reason from raw.submission_states where submission_id = %s order by state_seq desc limit 1",
        (submission_id,),
    ).fetchone()
    assert row is not None
    return row[0]


def test_a_correction_has_a_lock_of_its_own(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    first = list_of(conn, night, registry, "two-locks")
    correction = list_of(conn, night, registry, "two-locks", sequence=2, received_at=AFTER_LOCK)
    after_a_faulty_one = list_of(conn, night, registry, "faulty-first", received_total=1)
    too_late = list_of(conn, night, registry, "faulty-first", sequence=2, received_at=AFTER_LOCK)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, first), state(conn, correction)) == ("superseded", "accepted")
    assert (state(conn, after_a_faulty_one), state(conn, too_late)) == ("rejected", "held")

    again = list_of(conn, night, registry, "two-locks", sequence=3, received_at=AFTER_CORRECTION_LOCK)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, again) == "held"
    assert findings(conn, again)["structure.received_after_lock"]["message_vi"].startswith("Bản sửa đổi nhận")
    assert str(reason(conn, again)).startswith("correction received after the lock of 2025-08-25")


def test_a_told_lock_holds_whatever_the_registry_says_today(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    publication = conn.execute(
        """
        insert into reporting.publications (
            night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
        ) values ('told', now(), '', '', 0, 0, 0) returning publication_id
        """
    ).fetchone()
    assert publication is not None
    conn.execute(
        "insert into reporting.told_deadlines values ('told@2025-07-01', 'HS-01', 'administrative', '2025-M07', "
        "%(at)s, %(at)s, %(at)s, %(at)s, %(publication)s)",
        {"at": "2025-08-31 23:59:59+07", "publication": publication[0]},
    )
    told = list_of(conn, night, registry, "told", received_at=AFTER_LOCK)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, told) == "accepted"


def test_an_act_lifts_the_lock_until_its_last_day_also_of_what_is_held(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    first = list_of(conn, night, registry, "lifted", received_at=AFTER_LOCK)
    last_minute = datetime.fromisoformat("2025-08-20 23:59:59+07:00")
    second = list_of(conn, night, registry, "lifted", sequence=2, received_at=last_minute)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, first), state(conn, second)) == ("held", "held")

    conn.execute("insert into registry.lock_exceptions values ('HS-01', 'lifted', '2025-M07', '2025-08-20')")
    at_once = list_of(conn, night, registry, "lifted", sequence=3, received_at=last_minute)
    midnight = datetime.fromisoformat("2025-08-21 00:00:00+07:00")
    too_late = list_of(conn, night, registry, "other-lifted", received_at=midnight)
    conn.execute(
        "insert into registry.lock_exceptions values ('HS-01', 'other-lifted', '2025-M07', '2025-08-20')"
    )
    conn.commit()
    summary = check_door(conn, staged, registry, night, SUITES)

    assert summary.released == 2
    assert [state(conn, one) for one in (first, second, at_once)] == ["superseded", "superseded", "accepted"]
    assert state(conn, too_late) == "held"
    assert str(reason(conn, too_late)).endswith("and after the last day of its exception 2025-08-20")
    said = findings(conn, too_late)["structure.received_after_lock"]
    assert said["severity"] == "warning"
    assert (
        "sau thời điểm khóa sổ 23:59 ngày 18/08/2025 và sau ngày được gia hạn 20/08/2025"
        in said["message_vi"]
    )
    assert "2025-08-20, the last day of its exception" in said["message_en"]
    assert findings(conn, at_once) == {}
    assert check_door(conn, staged, registry, night, SUITES).released == 0


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
