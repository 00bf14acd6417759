"""Reading what was collected, on a real PostgreSQL: rows, findings and states of each submission."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.collect import collect_source
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.readers import ReadSummary, read_new
from kpi_reporting.readers.process import ReadingProcess
from kpi_reporting.readers.store import store_rows
from kpi_reporting.readers.submissions import KeptRows
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.intake import AS_OF, EVENING, conn, drop, landing, night, registry, rows, states
from tests.workbooks import hs01, list_rows, saved, stamp, workbook


def test_what_is_new_is_read_and_what_is_broken_is_refused_alone(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    good = hs01()
    drop(night, "communes/a.xlsx", good)
    drop(night, "communes/b copy of a.xlsx", good, EVENING.replace(hour=21))
    drop(night, "communes/HS-01_v1_14797_2025-M07.xlsx", good[:2000])
    drop(night, "communes/nil.xlsx", nil_filing("14812"))
    drop(night, "communes/zero.csv", "Mã biểu;HS-01\0\n".encode())
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=2, refused=2, duplicates=1)
    assert states(conn) == [
        ("communes/HS-01_v1_14797_2025-M07.xlsx", ["received", "refused"]),
        ("communes/a.xlsx", ["received", "read"]),
        ("communes/b copy of a.xlsx", ["received", "duplicate"]),
        ("communes/nil.xlsx", ["received", "read"]),
        ("communes/zero.csv", ["received", "refused"]),
    ]
    drop(night, "communes/c copy of a.xlsx", good, EVENING.replace(hour=22))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=0, refused=0, duplicates=1)
    assert rows(
        conn,
        "select sender_code, form_code, form_version, period_code, is_nil, claimed_by, sheet_name, header_row, "
        "first_row, last_row from raw.readings join raw.submissions using (submission_id) "
        "where file_name = 'a.xlsx'",
    ) == [("14758", "HS-01", 1, "2025-M07", False, "stamp", "Biểu", 6, 7, 8)]
    assert rows(
        conn, "select row_number, cells::text from raw.sheet_rows where row_number > 6 order by row_number"
    ) == [
        (7, '["1.1","Chỉ tiêu 1.1","hồ sơ",12]'),
        (8, '["1.2","Chỉ tiêu 1.2","hồ sơ",30.5]'),
    ]
    assert rows(
        conn, "select column_number, field_code, header from raw.layout_columns order by column_number"
    ) == [
        (1, "item_code", "Mã số"),
        (2, "item_label", "Chỉ tiêu"),
        (3, "unit_of_measure", "Đơn vị tính"),
        (4, "value", "Số liệu"),
        (5, "remark", "Ghi chú"),
    ]
    assert rows(
        conn, "select sender_code, rule_id, severity from quality.findings order by file_name, rule_id"
    ) == [
        ("14797", "unreadable_file", "error"),
        ("14758", "duplicate", "info"),
        ("14758", "duplicate", "info"),
        (None, "nul_in_text", "error"),
    ]
    assert read_new(conn, registry, night, landing) == ReadSummary(0, 0, 0)


def nil_filing(unit: str) -> bytes:
    return saved(workbook(stamp("HS-01", unit, "2025-M07", nil="x")))


def test_equal_bytes_of_two_senders_are_two_submissions(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    blank = saved(workbook([["Mã biểu", "HS-01"], *list_rows([("1.1", 0)])]))
    drop(night, "communes/HS-01_v1_14758_2025-M07.xlsx", blank)
    drop(night, "communes/HS-01_v1_14797_2025-M07.xlsx", blank)
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=2, refused=0, duplicates=0)


def filing_of(figure: int, unit: str = "14758", sheet_name: str = "Biểu") -> bytes:
    book = workbook([*stamp("HS-01", unit, "2025-M07"), [], *list_rows([("1.1", figure)])])
    book.worksheets[0].title = sheet_name
    return saved(book)


def test_what_was_put_aside_by_another_filing_is_a_filing_again(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    """A, then B, then A: the last word is A, whether it comes under its old name or under a new one."""
    first, second = hs01(), filing_of(13)
    for hour, name, data in ((17, "a", first), (18, "a", second), (19, "a", first), (20, "b", second),
                             (21, "copy of b", second)):  # fmt: skip
        drop(night, f"communes/{name}.xlsx", data, EVENING.replace(hour=hour))
        collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=4, refused=0, duplicates=1)
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(0, 0, 0)
    drop(night, "communes/late copy.xlsx", first, EVENING.replace(hour=17, minute=30))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=0, refused=0, duplicates=1)


def test_what_was_rejected_is_judged_again_when_it_is_sent_again(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, "communes/a.xlsx", hs01())
    collect_source(conn, registry, night, "communes", None, landing)
    read_new(conn, registry, night, landing)
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) "
        "select submission_id, night_id, 'rejected' from raw.submissions"
    )
    drop(night, "communes/again.xlsx", hs01(), EVENING.replace(hour=21))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=1, refused=0, duplicates=0)


def test_what_the_warehouse_does_not_take_of_a_file_refuses_that_file_alone(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    conn.execute("alter table raw.readings alter column sheet_name type varchar(19)")
    drop(night, "communes/a.xlsx", hs01("14758"))
    drop(night, "communes/b.xlsx", filing_of(13, "14797", "Biểu có tên rất là dài"))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=1, refused=1, duplicates=0)
    assert dict(states(conn))["communes/b.xlsx"] == ["received", "refused"]
    ((rule, told),) = rows(conn, "select rule_id, message_en from quality.findings")
    assert (rule, "value too long" in told) == ("reading_crashed", True)
    conn.rollback()


def test_a_filing_refused_as_too_early_is_read_when_sent_again(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    data = hs01()
    drop(night, "communes/early.xlsx", data, EVENING.replace(day=10))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=0, refused=1, duplicates=0)
    drop(night, "communes/in time.xlsx", data, EVENING)
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=1, refused=0, duplicates=0)
    assert dict(states(conn))["communes/in time.xlsx"] == ["received", "read"]


def test_lost_bytes_are_an_error_of_ours_and_stop_no_other(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, "communes/a.xlsx", hs01("14758"))
    drop(night, "communes/b.xlsx", hs01("14797"))
    collect_source(conn, registry, night, "communes", None, landing)
    ((uri,),) = rows(conn, "select landing_uri from raw.submissions where file_name = 'a.xlsx'")
    kept = Path(uri.removeprefix("file://"))
    data = kept.read_bytes()
    kept.write_bytes(b"spoilt")
    with pytest.raises(KpiReportingError, match=r"1 submissions: a\.xlsx"):
        read_new(conn, registry, night, landing)
    assert dict(states(conn))["communes/b.xlsx"] == ["received", "read"]
    kept.write_bytes(data)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=1, refused=0, duplicates=0)


def test_a_finding_is_kept_once_and_whatever_it_quotes(conn: psycopg.Connection, night: Night) -> None:
    finding = Finding("readable", "r", "error", "vi", "en", "làm", found="a\0\ud800")
    store_findings(conn, night, [finding, finding])
    store_findings(conn, night, [finding, replace(finding, subject="khác")])
    assert rows(conn, "select found, subject from quality.findings order by subject") == [
        ("a\N{REPLACEMENT CHARACTER}?", ""),
        ("a\N{REPLACEMENT CHARACTER}?", "khác"),
    ]


def test_a_night_of_a_province_is_quick(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    communes = [unit.code for unit in registry.history.units_on(AS_OF.date(), "commune")]
    for code in communes:
        drop(night, f"communes/{code}.xlsx", hs01(code))
    started = time.process_time()
    collect_source(conn, registry, night, "communes", None, landing)
    summary = read_new(conn, registry, night, landing)
    collect_source(conn, registry, night, "communes", None, landing)
    assert time.process_time() - started < 10
    assert summary == ReadSummary(read=166, refused=0, duplicates=0)


def test_a_file_that_never_ends_costs_itself_alone(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadingProcess, "module", "tests.unit.readers.faulty_child")
    monkeypatch.setenv("KPI_READING_SECONDS", "5")
    for name in ("a", "endless", "segfault", "z"):
        drop(night, f"communes/{name}.xlsx", hs01() if name == "a" else hs01("14797"))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=2, refused=2, duplicates=0)
    assert rows(conn, "select file_name, rule_id from quality.findings order by file_name") == [
        ("endless.xlsx", "reading_too_slow"),
        ("segfault.xlsx", "reading_crashed"),
    ]


def test_rows_are_kept_letter_by_letter(conn: psycopg.Connection, registry: Registry) -> None:
    """Tabs, line breaks, quotes and backslashes mean something to COPY, and nothing to a sender."""
    awkward = ["a\tb", "c\nd\r\ne", 'f"g', "h\\i", "\\.", "\\N", "", "Hoá"]
    several = [json.dumps([number, *awkward], ensure_ascii=False) for number in range(4_100)]
    with conn.transaction():
        store_rows(
            conn, [(7, KeptRows("Biểu\\01\t", several)), (8, KeptRows("Sheet1", [json.dumps(awkward)]))]
        )
    kept = conn.execute(
        "select submission_id, sheet_name, row_number, cells from raw.sheet_rows order by 1, 3"
    ).fetchall()
    assert kept == [
        *((7, "Biểu\\01\t", number + 1, [number, *awkward]) for number in range(4_100)),
        (8, "Sheet1", 1, awkward),
    ]
