"""A workbook with different forms on its sheets: each form is a submission of its own, with the file's bytes."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import random
import string
from datetime import timedelta
from pathlib import Path

import psycopg

from kpi_reporting.collect import collect_source
from kpi_reporting.readers import ReadSummary, read_new
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.corpus.dangers import zipped
from tests.corpus.several_sheets import INSPECTED, RATED, of_quarter, sheets
from tests.integration.intake import EVENING, conn, drop, landing, night, registry, rows, states

NAME = "departments/quý 2.xlsx"


def collect(conn: psycopg.Connection, registry: Registry, night: Night, landing: str) -> ReadSummary:
    collect_source(conn, registry, night, "departments", None, landing)
    return read_new(conn, registry, night, landing)


def last_states(conn: psycopg.Connection) -> dict[str, str]:
    return {origin: passed[-1] for origin, passed in states(conn)}


def test_each_form_is_a_submission_of_its_own(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, NAME, sheets(Lòng=RATED, Kiểm=INSPECTED))
    assert collect(conn, registry, night, landing) == ReadSummary(2, 0, 0, unpacked=1)
    assert states(conn) == [
        (NAME, ["received", "unpacked"]),
        (f"{NAME}/Kiểm", ["received", "read"]),
        (f"{NAME}/Lòng", ["received", "read"]),
    ]
    assert rows(
        conn,
        "select g.form_code, s.part_sheet_name, g.unit_code, g.period_code, g.sheet_name, "
        "count(*) filter (where r.cells ->> 0 like '1.%') "
        "from raw.readings as g inner join raw.submissions as s using (submission_id) "
        "inner join raw.sheet_rows as r using (submission_id) "
        "group by 1, 2, 3, 4, 5 order by 1",
    ) == [
        ("HL-01", "Lòng", "so-cong-thuong", "2025-Q2", "Lòng", 2),
        ("KT-01", "Kiểm", "so-cong-thuong", "2025-Q2", "Kiểm", 2),
    ]
    assert rows(conn, "select count(distinct (sha256, landing_uri, received_at)) from raw.submissions") == [
        (1,)
    ]
    assert collect(conn, registry, night, landing) == ReadSummary(0, 0, 0)


def test_the_same_workbook_again_is_a_duplicate_for_each_form(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    data = sheets(Lòng=RATED, Kiểm=INSPECTED)
    drop(night, NAME, data)
    drop(night, "departments/again.xlsx", data, EVENING + timedelta(hours=1))
    assert collect(conn, registry, night, landing) == ReadSummary(2, 0, duplicates=2, unpacked=2)
    last = last_states(conn)
    assert {last[f"departments/again.xlsx/{name}"] for name in ("Lòng", "Kiểm")} == {"duplicate"}


def test_one_form_that_is_refused_stops_no_other(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    early = of_quarter("HL-01", 9, 8, version=7)
    drop(night, NAME, sheets(Lòng=early, Kiểm=INSPECTED))
    assert collect(conn, registry, night, landing).unpacked == 1
    last = last_states(conn)
    assert (last[f"{NAME}/Lòng"], last[f"{NAME}/Kiểm"]) == ("refused", "read")
    assert rows(
        conn,
        "select distinct form_code, file_name, sheet_name from quality.findings where rule_id = 'unknown_version'",
    ) == [("HL-01", "quý 2.xlsx", None)]


def test_a_report_whose_place_the_ledger_cannot_keep_refuses_its_file_alone(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    far = "".join(random.Random(1).choices(string.ascii_letters, k=9_000))  # longer than an index takes
    drop(
        night, "departments/xa.zip", zipped({f"{far}/a.xlsx": sheets(A=RATED), "b.xlsx": sheets(B=INSPECTED)})
    )
    drop(night, NAME, sheets(Lòng=RATED, Kiểm=INSPECTED))
    assert collect(conn, registry, night, landing) == ReadSummary(2, 1, 0, unpacked=1)
    assert last_states(conn)["departments/xa.zip"] == "refused"
    assert rows(conn, "select file_name from quality.findings where rule_id = 'reading_crashed'") == [
        ("xa.zip",)
    ]


def test_nothing_of_a_workbook_with_a_marked_sheet_is_kept(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, NAME, sheets(Lòng=RATED, Kiểm=[["MẬT"], *INSPECTED]))
    collect(conn, registry, night, landing)
    assert rows(conn, "select count(*), max(file_name), max(part_sheet_name) from raw.submissions") == [
        (1, "withheld", None)
    ]
    assert [path for path in Path(landing.removeprefix("file://")).rglob("*") if path.is_file()] == []
