"""Checks on candidate figures before they are published."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from kpi_reporting.checks import check_exit, gx
from kpi_reporting.errors import WarehouseError
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night
from tests.integration.checks.judged import (
    SUITES,
)

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


def test_an_attempt_that_published_nothing_is_counted_once_and_its_findings_are_those_of_the_last(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    conn.execute(CANDIDATES)
    conn.commit()
    counted = (
        "select rule_id, rows_checked, rows_failed from quality.check_runs where night_id = %s order by 1"
    )
    jump = "select found from quality.findings where night_id = %s and subject like 'jump/%%'"
    check_exit(conn, staged, registry, night, SUITES)
    once = conn.execute(counted, (night.night_id,)).fetchall()
    conn.execute("update marts.mart_exit_candidates set value = 95 where kpi_code = 'jump'")
    conn.commit()

    check_exit(conn, staged, registry, night, SUITES)

    assert conn.execute(counted, (night.night_id,)).fetchall() == once
    assert conn.execute(jump, (night.night_id,)).fetchall() == [("value = 95; previous_value = 10",)]


def test_a_lost_session_is_no_fault_of_a_rule(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library makes every exception a failed rule, which would hold all changed figures back as stale."""
    conn.execute(CANDIDATES)
    conn.commit()
    batch = gx._batch

    def lose_the_session(dsn: str, asset: gx.Asset) -> object:
        found = batch(dsn, asset)
        with connect(dsn) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid not in (pg_backend_pid(), %s)",
                (conn.info.backend_pid,),
            )
        return found

    monkeypatch.setattr(gx, "_batch", lose_the_session)
    with pytest.raises(WarehouseError, match="ended the session in which exit was checked"):
        check_exit(conn, staged, registry, night, SUITES)
    kept = "select count(*) from quality.check_runs where night_id = %s"
    assert conn.execute(kept, (night.night_id,)).fetchone() == (0,)


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
