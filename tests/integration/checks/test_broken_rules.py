"""Rules that cannot run are never a pass."""

from __future__ import annotations

from pathlib import Path

import psycopg

from kpi_reporting.checks import check_door
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import (
    IN_TIME,
    SUITES,
    list_of,
    state,
)
from tests.integration.staged import fill_list, submit

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
