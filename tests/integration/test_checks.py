"""Checks on a real PostgreSQL with the real Great Expectations, suites and registry."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.checks import check_door, check_exit
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.staged import TableRow, figures_of, fill_list, fill_table, make_tables, submit

PROJECT = Path(__file__).parents[2]
SUITES = PROJECT / "expectations"
IN_TIME = datetime(2025, 7, 16, 3, tzinfo=UTC)
FIRST_NIGHT = datetime(2025, 7, 16, 18, tzinfo=UTC)
DAYS = count()
AFTER_LOCK = datetime(2025, 8, 19, 3, tzinfo=UTC)
GOOD = {
    "received_total": 100, "received_online": 60, "received_direct": 25, "received_post": 5, "carried_over": 10,
    "completed_total": 80, "completed_early": 30, "completed_on_time": 45, "completed_late": 5,
    "pending_total": 20, "pending_in_time": 18, "pending_overdue": 2, "resolved_online": 50, "full_online": 40,
    "work_dossiers": 70, "work_dossiers_electronic": 66,
}  # fmt: skip


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")


@pytest.fixture(scope="module")
def staged(warehouse_dsn: str, registry: Registry) -> str:
    with connect(warehouse_dsn) as conn:
        make_tables(conn, registry)
    return warehouse_dsn


@pytest.fixture
def conn(staged: str) -> Iterator[psycopg.Connection]:
    with connect(staged) as conn:
        yield conn


@pytest.fixture
def night(conn: psycopg.Connection, registry: Registry) -> Night:
    """A night of its own for every test."""
    night = Night(FIRST_NIGHT + timedelta(days=next(DAYS)), registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night


def state(conn: psycopg.Connection, submission_id: int) -> str:
    rows = conn.execute(
        "select state from raw.submission_states where submission_id = %s order by state_seq",
        (submission_id,),
    ).fetchall()
    return str(rows[-1][0])


def findings(conn: psycopg.Connection, submission_id: int) -> dict[str, dict[str, str]]:
    rows = conn.execute(
        "select rule_id, cell, found, severity, message_vi, message_en from quality.findings where submission_id = %s",
        (submission_id,),
    ).fetchall()
    names = ("cell", "found", "severity", "message_vi", "message_en")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def list_of(
    conn: psycopg.Connection, night: Night, registry: Registry, sender: str, **changes: object
) -> int:
    submission_id = submit(
        conn,
        night.night_id,
        "HS-01",
        sender,
        changes.pop("received_at", IN_TIME),
        sequence=changes.pop("sequence", 1),
    )  # type: ignore[arg-type]
    fill_list(conn, submission_id, registry, "HS-01", {**GOOD, **changes})  # type: ignore[dict-item]
    return submission_id


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
    fill_table(conn, unknown, [TableRow(None, GOOD, problem="unit_unknown")])
    empty = submit(conn, night.night_id, "HS-01H", "385", IN_TIME)
    nil = submit(conn, night.night_id, "HS-01H", "386", IN_TIME, is_nil=True)
    conn.commit()

    check_door(conn, staged, registry, night, SUITES)

    assert set(findings(conn, twice)) == {"structure.unit_twice"}
    assert set(findings(conn, unknown)) == {"structure.unit_unknown"}
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


BROKEN = """
suite: HS-01
rules:
  - {id: HS-01.fine, layer: row, severity: error, fields: [received_total], expectation: unexpected_rows,
     kwargs: {condition: received_total < 0}, reason_vi: Số liệu không được âm., reason_en: It cannot be negative.,
     action_vi: Sửa rồi nộp lại.}
  - {id: HS-01.broken, layer: row, severity: error, fields: [received_total], expectation: unexpected_rows,
     kwargs: {condition: no_such_column < 0}, reason_vi: Số liệu không được âm., reason_en: It cannot be negative.,
     action_vi: Sửa rồi nộp lại.}
  - {id: HS-01.odd_kwargs, layer: row, severity: error, fields: [received_total], kwargs: {nonsense: 1},
     expectation: expect_column_values_to_be_between, reason_vi: Số liệu không được âm.,
     reason_en: It cannot be negative., action_vi: Sửa rồi nộp lại.}
  - {id: HS-01.no_rows, layer: row, severity: error, fields: [received_total],
     expectation: expect_column_sum_to_be_between, kwargs: {column: received_total, max_value: 1},
     reason_vi: Số liệu không được âm., reason_en: It cannot be negative., action_vi: Sửa rồi nộp lại.}
"""


def test_a_rule_that_cannot_run_is_never_a_pass(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, tmp_path: Path
) -> None:
    (tmp_path / "HS-01.yml").write_text(BROKEN)
    waiting = list_of(conn, night, registry, "waiting")
    other_form = submit(conn, night.night_id, "KT-01", "other", IN_TIME)
    fill_list(conn, other_form, registry, "KT-01", {"inspections": 4, "inspections_digital": 2})
    conn.commit()

    summary = check_door(conn, staged, registry, night, tmp_path)

    assert (summary.accepted, summary.waiting) == (1, 1)
    assert (state(conn, waiting), state(conn, other_form)) == ("read", "accepted")
    assert 'column "no_such_column" does not exist' in " ".join(summary.broken)
    runs = conn.execute(
        "select rule_id, status from quality.check_runs where night_id = %s and suite = 'HS-01'",
        (night.night_id,),
    ).fetchall()
    assert dict(runs) == {
        "HS-01.fine": "passed", "HS-01.broken": "error", "HS-01.odd_kwargs": "error", "HS-01.no_rows": "error",
    }  # fmt: skip

    again = check_door(conn, staged, registry, night, SUITES)
    assert again.accepted == 1
    assert state(conn, waiting) == "accepted"


def test_a_suite_that_cannot_be_read_holds_back_its_form(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, tmp_path: Path
) -> None:
    (tmp_path / "HS-01.yml").write_text(BROKEN.replace("[received_total]", "[received_totl]"))
    waiting = list_of(conn, night, registry, "misspelt")
    conn.commit()

    summary = check_door(conn, staged, registry, night, tmp_path)

    assert "no such field: received_totl" in summary.broken[0]
    assert state(conn, waiting) == "read"
    check_door(conn, staged, registry, night, SUITES)


CANDIDATES = """
drop table if exists marts.mart_exit_candidates;
create table marts.mart_exit_candidates as
select
    kpi_code, 'F' as formula_code, 'P@2025-07-01' as unit_id, 'administrative' as calendar_code,
    '2025-M07' as period_code, date '2025-07-14' as last_day, '%' as unit_of_measure,
    value::numeric, 50::numeric as numerator, 100::numeric as denominator, 1 as units_counted, 1 as units_owed,
    'complete' as data_state, null::text as reason, published_value::numeric, previous_value::numeric
from (
    values ('good', 50, 51, 50), ('impossible', 150, null, 50), ('same', 150, 150, 150), ('jump', 90, null, 10),
        ('no_reason', null, null, null)
) as made (kpi_code, value, published_value, previous_value);

truncate reporting.publications cascade;
insert into reporting.publications (
    publication_id, night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
) overriding system value values (1, 'n', '2025-07-16 01:00+07', 'r', 'c', 2, 0, 0);
insert into reporting.kpi_values
select
    kpi_code, formula_code, 1, unit_id, 'P', calendar_code, period_code, 'month', '2025-06-15', last_day,
    published_value, numerator, denominator, unit_of_measure, units_counted, units_owed, data_state, reason,
    true, true, null, null, null, null, null, 'no_target', false, 1, 1
from marts.mart_exit_candidates
where published_value is not null;
"""


def test_only_changed_figures_are_judged_at_the_exit(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    conn.execute(CANDIDATES)
    conn.commit()

    summary = check_exit(conn, staged, registry, night, SUITES)

    assert (summary.judged, summary.blocked, summary.broken) == (4, 2, ())
    blocked = conn.execute(
        "select figure_key, rule_id from quality.blocked_figures where night_id = %s order by 1",
        (night.night_id,),
    ).fetchall()
    key = "impossible/F/P@2025-07-01/administrative/2025-M07"
    assert blocked == [
        (key, "exit.percentage_in_range"),
        ("no_reason/F/P@2025-07-01/administrative/2025-M07", "exit.complete_has_value"),
    ]
    found = conn.execute(
        "select rule_id, subject, found from quality.findings where night_id = %s order by rule_id",
        (night.night_id,),
    ).fetchall()
    assert ("exit.percentage_in_range", key, "value = 150; numerator = 50; denominator = 100") in found
    assert (
        "exit.jump_from_previous_period",
        "jump/F/P@2025-07-01/administrative/2025-M07",
        "value = 90; previous_value = 10",
    ) in found


def test_an_exit_rule_that_cannot_run_blocks_everything_that_changed(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, tmp_path: Path
) -> None:
    conn.execute(CANDIDATES)
    conn.commit()
    (tmp_path / "exit.yml").write_text(
        (SUITES / "exit.yml").read_text().replace("value < 0 or", "valu < 0 or")
    )

    summary = check_exit(conn, staged, registry, night, tmp_path)

    assert summary.blocked == 4
    assert summary.broken[0].startswith("exit.percentage_in_range: ")
