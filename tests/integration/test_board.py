"""The summary of a night, printed from a real warehouse: every number on it stands in a table."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from kpi_reporting import cli
from kpi_reporting.board import print_board, print_deliveries, print_filings
from kpi_reporting.board.screen import new_screen
from kpi_reporting.cli.findings import print_findings
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.national import enqueue, prepare_signoff, record_decision
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import run_night, settings_for

AS_OF = "2025-07-17T01:00:00+07:00"
SIGNED_AT = datetime(2025, 7, 17, 1, 12, tzinfo=UTC)
IN_TIME, TOO_LATE = "2025-07-16T20:00:00+07:00", "2025-07-17T00:30:00+07:00"

# One KPI of the golden registry, and beside it: a competing formula, a target of each commune, a KPI without a number.
ROWS = {
    "kpis.csv": """
EACH,Tỷ lệ của từng xã,Share of each commune,%,2,higher,true,20,,true
OPEN,Mở dữ liệu từng bước,Open data step by step,%,2,higher,false,30,,true
""",
    "kpi_formulas.csv": """
ONLINE-b,1,ONLINE,Trực tuyến / không tính bưu chính,Without post,100,sum,sum,non_null,false,2020-01-01,,,false
EACH-a,1,EACH,Trực tuyến / tổng số,Online / all,100,sum,sum,non_null,true,2020-01-01,,,true
""",
    "kpi_terms.csv": """
ONLINE-b,1,numerator,dossiers.received_online,total,1
ONLINE-b,1,denominator,dossiers.received_online,total,1
ONLINE-b,1,denominator,dossiers.received_direct,total,1
EACH-a,1,numerator,dossiers.received_online,total,1
EACH-a,1,denominator,dossiers.received_total,total,1
""",
    "targets.csv": """
ONLINE-2025,1,ONLINE,2025,>=,75,,Toàn tỉnh,province,Kế hoạch thử nghiệm,,2020-01-01,,,false
EACH,1,EACH,,between,20,45,Mỗi xã,commune,Kế hoạch thử nghiệm,,2020-01-01,,,true
OPEN-2025,1,OPEN,2025,unquantified,,,Toàn tỉnh,province,Kế hoạch thử nghiệm,,2020-01-01,,,true
""",
    "units.csv": """
90005@2025-07-01,90005,commune,Xã,Xã Chưa Nộp,Silent commune,99@2020-01-01,2025-07-01,,,false
90006@2025-07-01,90006,commune,Xã,Xã Đông Sai,Faulty commune,99@2020-01-01,2025-07-01,,,true
""",
    "unit_events.csv": "",
}
FILED = {
    "90001.csv": ("90001", IN_TIME, (100, 30, 60, 10)),
    "90004.csv": ("90004", TOO_LATE, (12345, 9876, 2469, 0)),
    "90006.csv": ("90006", IN_TIME, (5, 1, 1, 1)),
}

Printed = Callable[..., str]


def filing(unit: str, figures: tuple[int, ...]) -> str:
    items = zip(("1", "1.1", "1.2", "1.3"), figures, strict=True)
    table = "".join(f"{code},Chỉ tiêu,{figure}\n" for code, figure in items)
    return f"Mã biểu,B-01,\nPhiên bản,1,\nMã đơn vị,{unit},\nKỳ báo cáo,2025-M07,\nMã số,Chỉ tiêu,Số liệu\n{table}"


def drop(folder: Path, name: str, data: bytes, at: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_bytes(data)
    seconds = datetime.fromisoformat(at).timestamp()
    os.utime(folder / name, (seconds, seconds))


@pytest.fixture(scope="module")
def night(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A night in which one files in time, one late, one with a wrong sum, one not at all; return the address."""
    place = tmp_path_factory.mktemp("board")
    shutil.copytree(GOLDEN / "registry", place / "registry")
    shutil.copytree(GOLDEN / "expectations", place / "expectations")
    for name, rows in ROWS.items():
        with (place / "registry" / name).open("a", encoding="utf-8") as file:
            file.write(rows.lstrip())
    for name, (unit, at, figures) in FILED.items():
        drop(place / "inbox" / "filings", name, filing(unit, figures).encode(), at)
    drop(place / "inbox" / "filings", "hỏng.xlsx", b"PK\3\4", IN_TIME)
    copy = filing("90001", FILED["90001.csv"][2]).encode()
    drop(place / "inbox" / "filings", "bản sao.csv", copy, TOO_LATE)
    run_night(settings_for(warehouse_dsn, place), place / "registry", place / "inbox", AS_OF)
    return warehouse_dsn


@pytest.fixture
def conn(night: str) -> Iterator[psycopg.Connection]:
    """The warehouse after the night; what a test changes is undone."""
    with connect(night) as connection:
        connection.execute("select 1")  # opens the transaction that is rolled back
        yield connection
        connection.rollback()


@pytest.fixture
def printed(conn: psycopg.Connection) -> Printed:
    """Print a part of the summary; return its text with single blanks."""

    def text(part: Callable[..., None], *asked: str | None) -> str:
        stream = io.StringIO()
        part(conn, *asked, screen=new_screen(stream))
        return "\n".join(" ".join(line.split()) for line in stream.getvalue().splitlines())

    return text


def test_an_empty_warehouse_is_told_in_one_sentence(warehouse_dsn: str) -> None:
    with connect(warehouse_dsn) as conn:
        conn.execute("truncate raw.nights, reporting.publications cascade")
        for part in (print_filings, print_findings, print_board):
            with pytest.raises(
                KpiReportingError, match=r"^(Nothing has been published|No night has run) yet: run .*\.$"
            ):
                part(conn, None)
        stream = io.StringIO()
        print_deliveries(conn, new_screen(stream))
        conn.rollback()
    assert "Nothing has been published yet" in stream.getvalue()


def test_board_tells_value_target_status_parts_and_coverage(printed: Printed) -> None:
    board = printed(print_board)
    assert "KPI board: Tỉnh Thử Nghiệm, 2025-M07\n" in board
    assert "administrative calendar, 2025-06-15 to 2025-07-14" in board
    assert "ONLINE Tỷ lệ hồ sơ trực tuyến 79.60 % ✓ reached 9 906 / 12 445\n" in board
    assert "≥ 75 (2025)* partial, 2 of 4 units" in board
    assert "3 KPIs: 1 reached, 1 behind, 1 unquantified." in board
    assert "publication 1, as of 2025-07-17 01:00" in board


def test_board_shows_competing_formulas_and_marks_what_is_unconfirmed(
    conn: psycopg.Connection, printed: Printed
) -> None:
    board = printed(print_board)
    assert "ONLINE-a, primary: Trực tuyến / tổng số" in board
    assert "ONLINE-b: Trực tuyến / không tính bưu chính 79.66 %* 9 906 / 12 435" in board
    assert "* unconfirmed" in board
    conn.execute("update reporting.kpi_values set confirmed = true")
    conn.execute("update reporting.targets set confirmed = true")
    assert "*" not in printed(print_board)


def test_board_counts_communes_that_reach_their_own_target(printed: Printed) -> None:
    (row,) = [line for line in printed(print_board).splitlines() if line.startswith("EACH")]
    assert row == "EACH Tỷ lệ của từng xã – ✗ reached by 1 of 4 9 906 / 12 445"
    assert "communes partial, 2 of 4 units\n20 to 45, Mỗi xã" in printed(print_board)


def test_a_kpi_without_a_number_keeps_its_row_and_its_reason(printed: Printed) -> None:
    board = printed(print_board)
    assert "OPEN Mở dữ liệu từng bước – ~ unquantified absent: the plan gives no\nnumber for it" in board


def test_every_figure_comes_from_the_tables(conn: psycopg.Connection, printed: Printed) -> None:
    conn.execute(
        "update reporting.kpi_values set value = 12.5, numerator = 77777, denominator = 88888, target_value = 33, "
        "units_counted = 3, target_status = 'behind', is_stale = true where formula_code = 'ONLINE-a'"
    )
    board = printed(print_board)
    assert "12.50 % ✗ behind 77 777 / 88 888\n" in board
    assert "≥ 33 (2025)* partial, 3 of 4 units" in board
    assert "! stale" in board
    assert "79.60" not in board


def add_period(
    conn: psycopg.Connection, code: str, kind: str, first_day: str, value: str, formula: str = "ONLINE-a"
) -> None:
    """Publish a figure of the top unit for another period that ends on 14 June."""
    other = {
        "formula_code": formula, "period_code": code, "period_kind": kind, "first_day": first_day,
        "last_day": "2025-06-14", "value": value,
    }  # fmt: skip
    conn.execute(
        """
        insert into reporting.kpi_values
        select (jsonb_populate_record(v, %s)).* from reporting.kpi_values as v
        where v.formula_code = 'ONLINE-a' and v.unit_code = '99' and v.period_code = '2025-M07'
        """,
        (Jsonb(other),),
    )


def withdraw_july(conn: psycopg.Connection) -> None:
    conn.execute(
        "update reporting.kpi_values set value = null, data_state = 'absent', reason = 'no_data' "
        "where formula_code = 'ONLINE-a' and period_code = '2025-M07'"
    )


def test_an_older_value_is_shown_with_its_period_and_why_the_newest_has_none(
    conn: psycopg.Connection, printed: Printed
) -> None:
    add_period(conn, "2025-H1", "half", "2024-12-15", "44.5")
    add_period(conn, "2025-Q2", "quarter", "2025-03-15", "55.5")
    assert "79.60 %" in printed(print_board)
    withdraw_july(conn)
    board = printed(print_board, "2025-m07")
    assert "ONLINE Tỷ lệ hồ sơ trực tuyến 55.50 % ✓ reached" in board
    assert "2025-Q2 ≥ 75 (2025)*" in board
    assert "no value for 2025-M07: no" in board


def test_of_periods_that_end_together_the_kind_asked_for_is_shown(
    conn: psycopg.Connection, printed: Printed
) -> None:
    add_period(conn, "2025-H1", "half", "2024-12-15", "44.5")
    add_period(conn, "2025-Q2", "quarter", "2025-03-15", "55.5")
    assert "KPI board: Tỉnh Thử Nghiệm, 2025-H1" in printed(print_board, "2025-h1")
    assert "44.50 % ✓ reached" in printed(print_board, "2025-h1")
    assert "55.50 % ✓ reached" in printed(print_board, "2025-q2")
    assert "79.60 %" not in printed(print_board, "2025-q2")


def test_of_two_primary_formulas_the_newer_one_is_compared(
    conn: psycopg.Connection, printed: Printed
) -> None:
    add_period(conn, "2025-M06", "month", "2025-05-15", "66.5", formula="A-retired")
    board = printed(print_board)
    assert "ONLINE Tỷ lệ hồ sơ trực tuyến 79.60 % ✓ reached" in board
    assert "A-retired: – 66.5 %" in board
    assert "ONLINE-a, primary" in board


def test_an_unknown_period_names_the_known_ones(conn: psycopg.Connection) -> None:
    for part in (print_board, print_filings):
        with pytest.raises(
            KpiReportingError,
            match=r"^Nothing is published for the period '2031-M01'; published are .*2025-M07",
        ):
            part(conn, "2031-M01")


def test_the_top_unit_is_whoever_has_no_parent(conn: psycopg.Connection, printed: Printed) -> None:
    conn.execute(
        "update reporting.units set kind = 'group', name_vi = 'Cả nước', confirmed = false where parent_id is null"
    )
    assert "KPI board: Cả nước*, 2025-M07\n" in printed(print_board)


def test_filings_count_every_obligation_once(conn: psycopg.Connection, printed: Printed) -> None:
    filings = printed(print_filings)
    assert "Who filed: night of 2025-07-17 01:00" in filings
    assert "B-01 Hồ sơ tiếp nhận 2025-M07 2025-07-16 4 1 1 0 0 1 1 ███▓▓▓▒▒▒░░░ 50 %" in filings
    assert "B-01 2025-M07 missing: Xã Chưa Nộp*\n" in filings
    assert "B-01 2025-M07 blocked: Xã Đông Sai\n" in filings
    assert "* unconfirmed" in filings
    conn.execute("update reporting.obligations set state = 'late' where state = 'blocked'")
    assert "B-01 2025-M07 missing: Xã Chưa Nộp*, Xã Đông Sai\n" in printed(print_filings)


def test_filings_of_a_period_are_those_of_no_other(conn: psycopg.Connection, printed: Printed) -> None:
    row = conn.execute("select count(*) from reporting.obligations where period_code = '2025-M08'").fetchone()
    assert row is not None
    assert f"B-01 Hồ sơ tiếp nhận 2025-M08 2025-08-18 {row[0]} 0 0 0 0 0 0 ············ 0 %" in printed(
        print_filings, "2025-m08"
    )
    assert "2025-M08" not in printed(print_filings)


def open_later_night(conn: psycopg.Connection) -> None:
    later = "2025-08-20T01:00:00+07:00"
    conn.execute(
        "insert into raw.nights select %s, registry_code, registry_sha256, %s, inbox from raw.nights",
        (later, later),
    )
    conn.execute("update raw.current_night set night_id = %s", (later,))


def test_a_night_is_about_periods_that_have_ended_and_those_it_received_something_for(
    conn: psycopg.Connection, printed: Printed
) -> None:
    open_later_night(conn)
    filings = printed(print_filings)
    assert "2025-M08" in filings
    assert "2025-M07" not in filings
    assert filings.endswith("Collected in the last night: 0 payloads.")
    conn.execute(
        "update raw.submissions set night_id = (select night_id from raw.current_night) where file_name = '90001.csv'"
    )
    filings = printed(print_filings)
    assert filings.index("2025-M08") < filings.index("B-01 Hồ sơ tiếp nhận 2025-M07")


def test_what_a_later_night_does_to_a_submission_is_not_told_of_the_night_that_received_it(
    conn: psycopg.Connection, printed: Printed
) -> None:
    open_later_night(conn)
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) "
        "select submission_id, '2025-08-20T01:00:00+07:00', 'superseded' from raw.submissions"
    )
    conn.execute("update raw.current_night set night_id = %s", (AS_OF,))
    assert "Of these: 2 accepted, 1 rejected, 1 refused, 1 duplicate." in printed(print_filings)


def test_collection_tells_payloads_by_state_and_sources_that_did_not_answer(
    conn: psycopg.Connection, printed: Printed
) -> None:
    silent = Finding(
        layer="readable", rule_id="source_unavailable", severity="error", message_vi="Không trả lời.",
        message_en="It did not answer.", action_vi="Kiểm tra máy chủ.", sender_code="90005", subject="api-90005",
    )  # fmt: skip
    store_findings(conn, Night(datetime.fromisoformat(AS_OF), Path(), Path()), [silent])
    filings = printed(print_filings)
    assert (
        "Collected in the last night: 5 payloads, 5 by drop folder.\nOf these: 2 accepted, 1 rejected, 1 refused, 1 duplicate."
        in filings
    )
    assert "refused: hỏng.xlsx (unreadable_file)" in filings
    assert "Could not be collected: 1 source\nXã Chưa Nộp* (api-90005): It did not answer." in filings


def test_a_night_that_published_nothing_still_tells_what_it_collected(
    conn: psycopg.Connection, printed: Printed
) -> None:
    conn.execute("truncate reporting.publications cascade")
    filings = printed(print_filings)
    assert (
        "Nothing has been published yet: run a night first.\n\nCollected in the last night: 5 payloads"
        in filings
    )


def test_findings_come_by_file_errors_first_with_their_cell(printed: Printed) -> None:
    findings = printed(print_findings, None)
    assert f"Findings of the night {AS_OF}: 2 errors, 1 remark; 3 files with findings" in findings
    error = findings.index("Xã Đông Sai (90006), B-01 2025-M07, 90006.csv\n✗ B-01.parts_make_the_total, C6\n")
    assert "All dossiers received are not online plus counter plus post." in findings
    assert "→ Kiểm tra lại bốn số tiếp nhận rồi nộp lại báo cáo." in findings
    assert (
        error
        < findings.index("Warnings and remarks, by rule")
        < findings.index("· duplicate, Phường Bình Minh (90001)")
    )


def test_dozens_of_one_fault_are_one_entry(conn: psycopg.Connection, printed: Printed) -> None:
    row = conn.execute("select submission_id from raw.submissions where file_name = '90006.csv'").fetchone()
    assert row is not None
    many = [
        Finding("row", "B-01.whole_number", "error", "Phải là số nguyên.", "It must be whole.", "Sửa lại.", row[0],
                "90006", "B-01", "2025-M07", "90006.csv", "Biểu", f"C{number}", found=str(Decimal(number) / 2))
        for number in range(10, 40)
    ]  # fmt: skip
    store_findings(conn, Night(datetime.fromisoformat(AS_OF), Path(), Path()), many)
    findings = printed(print_findings, AS_OF)
    assert findings.count("B-01.whole_number") == 1
    assert "30 cells of Biểu: C10, C11, C12, C13, C14, C15, C16, C17, C18, C19, … and 20 more" in findings
    assert "reporting.findings" in findings


def test_findings_are_those_of_one_night(conn: psycopg.Connection, printed: Printed) -> None:
    open_later_night(conn)
    assert "Findings of the night 2025-08-20T01:00:00+07:00: none" in printed(print_findings, None)
    assert "B-01.parts_make_the_total" not in printed(print_findings, None)
    assert "B-01.parts_make_the_total" in printed(print_findings, AS_OF)


def test_an_unknown_night_names_the_known_ones(conn: psycopg.Connection) -> None:
    with pytest.raises(KpiReportingError, match=rf"no night 'yesterday'; the newest are {AS_OF[:10]}"):
        print_findings(conn, "yesterday")


def sign(conn: psycopg.Connection, decision: str = "approved") -> None:
    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, decision, "chi.lanh.dao", SIGNED_AT, None)
    if decision == "approved":
        assert enqueue(conn, signoff.publication_id) == 4


def answer(conn: psycopg.Connection, packet: str, state: str, detail: str | None = None) -> None:
    conn.execute(
        "insert into national.deliveries (message_id, state, attempted_at, http_status, receipt, detail) "
        "select message_id, %s, clock_timestamp(), 200, '{}', %s from national.outbox where packet = %s",
        (state, detail, packet),
    )


def test_nothing_leaves_before_the_signature(printed: Printed) -> None:
    deliveries = printed(print_deliveries)
    assert "Publication 1 waits for a signature" in deliveries
    assert "Nothing was delivered: no approved figures are queued." in deliveries


def test_a_refused_publication_names_who_refused_it(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn, "refused")
    deliveries = printed(print_deliveries)
    assert "Publication 1 was refused by chi.lanh.dao on 2025-07-17 08:12." in deliveries
    assert "waits for a signature" not in deliveries
    assert "Nothing was delivered" in deliveries


def test_approved_and_unsent_says_so(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    deliveries = printed(print_deliveries)
    assert "packet messages new accepted waiting receipts newest sign-off\n" in deliveries
    assert "kpi_data 1 1 0 1 0 chi.lanh.dao, 2025-07-17 08:12\n" in deliveries
    assert "have not been sent" in deliveries


def test_deliveries_tell_receipts_and_refused_items(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    answer(conn, "indicator_catalogue", "unknown", "HTTP 500")
    answer(conn, "kpi_set", "accepted")
    answer(conn, "kpi_data", "part_refused", "refused: ONLINE/ONLINE-a (unknown code)")
    deliveries = printed(print_deliveries)
    assert (
        "packet messages new accepted part refused not known waiting receipts newest sign-off\n" in deliveries
    )
    assert "indicator_catalogue 1 1 0 0 1 0 0 chi.lanh.dao" in deliveries
    assert "kpi_set 1 1 1 0 0 0 1 chi.lanh.dao" in deliveries
    assert "kpi_data 1 1 0 1 0 0 1 chi.lanh.dao" in deliveries
    assert (
        "kpi_data/administrative/2025-M07 revision 1, part refused: refused: ONLINE/ONLINE-a (unknown code)"
        in deliveries
    )
    assert "Nothing was delivered" not in deliveries


def test_the_last_decision_is_told(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    conn.execute(
        "insert into national.approvals (publication_id, content_sha256, decision, approver, decided_at, note) "
        "values (1, 'other', 'refused', 'anh.khac', %s, 'xem lại')",
        (SIGNED_AT,),
    )
    deliveries = printed(print_deliveries)
    assert "Publication 1 was refused by anh.khac on 2025-07-17 08:12 (xem lại)." in deliveries
    assert "approved by" not in deliveries


def test_of_several_revisions_the_latest_is_counted(conn: psycopg.Connection, printed: Printed) -> None:
    sign(conn)
    answer(conn, "kpi_data", "accepted")
    conn.execute(
        """
        with message as (
            insert into national.outbox (idempotency_key, packet, business_key, revision, approval_id, sha256, body)
            select 'k2', packet, business_key, 2, approval_id, sha256, body from national.outbox where packet = 'kpi_data'
            returning message_id
        )

        insert into national.deliveries (message_id, state, attempted_at)
        select message_id, 'ready', clock_timestamp() from message
        """
    )
    assert "kpi_data 1 1 0 1 0 chi.lanh.dao" in printed(print_deliveries)


@pytest.fixture
def program(
    night: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the program on the warehouse after the night."""
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["kpi-reporting", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_summary_prints_the_four_parts_in_their_order(program: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = program("summary")
    assert (code, err) == (0, "")
    headings = ["Who filed:", "Findings of the night", "KPI board:", "Delivered to the national system"]
    assert sorted(headings, key=out.index) == headings
    assert max(map(len, out.splitlines())) <= 120


def test_board_of_an_unknown_period_ends_in_one_sentence(
    program: Callable[..., tuple[int, str, str]],
) -> None:
    code, out, err = program("board", "--period", "2031-M01")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "2025-M07" in err
