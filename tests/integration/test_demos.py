"""Both demos on the real services: Airflow, PostgreSQL, HTTP over loopback, one person's signature."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.runtime.warehouse import running_server
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from tests.workbooks import PROJECT

WORKBOOK_2003 = PROJECT.parent / "shared/data/real/2007-74Z4A_solieu9thang-2.xls"
CODE, CODE_2003 = "thanh_hoa", "investment_monitoring_2003"

_STATES = """
select s.origin, now.state, array_agg(distinct f.rule_id order by f.rule_id) filter (where f.rule_id is not null)
from raw.submissions as s
inner join lateral (
    select state from raw.submission_states as st
    where st.submission_id = s.submission_id order by state_seq desc limit 1
) as now on true
left join quality.findings as f using (submission_id)
group by 1, 2
"""
_SIDES = """
select t.side, sum(v.value * t.coefficient)
from registry.formula_terms as t
inner join reporting.indicator_values as v using (indicator_code, breakdown_code)
where t.formula_code = %s and t.formula_version = 1 and v.calendar_code = 'administrative' and v.period_code = %s
group by t.side
"""


@pytest.fixture(scope="module")
def own(settings: Settings) -> Iterator[Settings]:
    """A home of this module's own."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-tests-"))
    folder.chmod(0o755)
    yield replace(settings, home=folder, landing=f"file://{folder}/landing")
    shutil.rmtree(folder)


def run(own: Settings, *command: str) -> str:
    """What a command says, standard error included; it must succeed."""
    environment = {**os.environ, **own.variables(), "COLUMNS": "200"}
    done = subprocess.run(
        command,
        check=False,
        cwd=PROJECT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def kpi(own: Settings, *arguments: str) -> str:
    return run(own, str(Path(sys.executable).with_name("kpi-reporting")), *arguments)


@pytest.fixture(scope="module")
def said(own: Settings) -> str:
    """What the demo says of its night."""
    return run(own, sys.executable, "-m", "sandbox.demo")


@pytest.fixture
def conn(own: Settings, said: str) -> Iterator[psycopg.Connection]:
    with running_server(own), connect(own.warehouse_dsn(CODE)) as conn:
        yield conn


def test_every_file_is_judged_as_the_manifest_says(own: Settings, conn: psycopg.Connection) -> None:
    with (own.home / "sandbox/inbox/manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        next(file)
        manifest = {
            row["origin"]: (row["state"], row["rules"].split())
            for row in csv.DictReader(file)
            if row["state"]
        }
    found = {origin: (state, rules or []) for origin, state, rules in conn.execute(_STATES).fetchall()}
    assert len(manifest) > 181
    assert {state for state, _ in manifest.values()} >= {
        "accepted",
        "superseded",
        "duplicate",
        "refused",
        "rejected",
        "unpacked",
    }
    assert found == manifest


def test_what_came_by_sftp_and_in_an_archive_is_in_force(conn: psycopg.Connection) -> None:
    query = """
        select s.channel, o.unit_code, count(*) from reporting.obligations as o
        inner join raw.submissions as s using (submission_id)
        where s.channel = 'sftp' or s.origin like '%.zip/%'
        group by 1, 2 order by 1
    """
    assert conn.execute(query).fetchall() == [
        ("drop_folder", "thanh-tra-tinh", 2),
        ("sftp", "so-ngoai-vu", 5),
    ]


def test_the_silent_sender_is_named_and_stops_nobody(said: str, conn: psycopg.Connection) -> None:
    assert "retry_sender [Sở Xây dựng]" in said
    assert "gave no complete answer in time" in said
    assert "done." in said
    filed = conn.execute(
        "select count(*) from reporting.obligations where period_code = '2025-M07' and submission_id is not null"
    ).fetchone()
    assert filed is not None
    assert filed[0] > 150


@pytest.mark.parametrize("formula", ["DT01-a", "DT03-plan", "DT03-a", "DT03-b", "ONTIME-a"])
def test_a_figure_of_the_province_is_the_sum_of_what_is_in_force(
    conn: psycopg.Connection, formula: str
) -> None:
    sides = dict(conn.execute(_SIDES, (formula, "2025-M07")).fetchall())
    query = """
        select value, numerator, denominator, units_counted, units_owed, data_state from reporting.kpi_values
        where formula_code = %s and unit_code = '38' and period_code = '2025-M07'
    """
    ((value, above, below, counted, owed, state),) = conn.execute(query, (formula,)).fetchall()
    assert (above, below) == (sides["numerator"], sides["denominator"])
    assert value == (above * 100 / below).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert owed == 181
    assert counted < owed
    assert state == "partial"


def test_plan_is_complete_on_the_board(said: str) -> None:
    board = said[said.index("KPI board") :]
    assert [code for code in (f"DT{number:02}" for number in range(1, 12)) if code not in board] == []
    assert "unconfirmed" in board


def test_all_that_was_signed_arrived_and_left_a_receipt(said: str, conn: psycopg.Connection) -> None:
    approvals = conn.execute("select decision, approver from national.approvals").fetchall()
    assert [decision for decision, _ in approvals] == ["approved"]
    assert approvals[0][1] in said
    states = """
        select o.packet, d.state, bool_and(d.receipt is not null) from national.outbox as o
        inner join lateral (
            select state, receipt from national.deliveries as d
            where d.message_id = o.message_id order by delivery_id desc limit 1
        ) as d on true
        group by 1, 2
    """
    assert set(conn.execute(states).fetchall()) == {
        (packet, "accepted", True)
        for packet in ("indicator_catalogue", "kpi_set", "kpi_data", "report_status")
    }


def test_reader_reads_what_is_published_and_its_comments(own: Settings, conn: psycopg.Connection) -> None:
    with connect(own.reader_dsn(CODE)) as reader:
        assert reader.execute(
            "select count(*) > 0 from reporting.kpi_values where value is not null"
        ).fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("select from raw.submissions")


def test_the_same_demo_again_changes_nothing(own: Settings, said: str) -> None:
    counts = """
        select (select count(*) from reporting.publications), (select count(*) from reporting.kpi_value_issues),
            (select count(*) from raw.submissions), (select count(*) from national.outbox)
    """
    with running_server(own), connect(own.warehouse_dsn(CODE)) as conn:
        before = conn.execute(counts).fetchall()
    again = run(own, sys.executable, "-m", "sandbox.demo")
    assert "The same night twice changes nothing" in again
    with running_server(own), connect(own.warehouse_dsn(CODE)) as conn:
        assert conn.execute(counts).fetchall() == before


@pytest.mark.skipif(not WORKBOOK_2003.exists(), reason="the workbook of 2003 is not on this machine")
def test_the_same_dags_read_the_workbook_of_2003(own: Settings, tmp_path: Path) -> None:
    registry = "examples/investment_monitoring_2003/registry"
    (tmp_path / "workbooks").mkdir()
    shutil.copy2(WORKBOOK_2003, tmp_path / "workbooks")
    night = kpi(own, "night", "--registry", registry, "--inbox", str(tmp_path))
    assert "waits for a signature" in night
    found = kpi(own, "findings", "--all", "--registry", registry)
    for figure in ("3307", "2985", "1118", "923"):
        assert figure in found
    assert "5.700 %" in kpi(own, "board", "--registry", registry)
    assert f"/kpi_{CODE_2003}\n" in kpi(own, "dsn", "--role", "reporting_reader")
