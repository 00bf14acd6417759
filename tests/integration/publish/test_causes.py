"""Why a figure changed, as the difference says it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry
from tests.integration.publish.figures import (
    COMMUNE,
    UNIT,
    block,
    causes,
    change,
    file,
    tonight,
    with_changed,
)

FED_BY, NOT_FED_BY = "dossiers.completed_total", "dossiers.received_post"
MOVED = "value = coalesce(value, 0) + 1, numerator = numerator + 1"


def cause_of(conn: psycopg.Connection, registry: Registry, assignment: str = MOVED) -> str:
    change(conn, "A", assignment)
    publish(conn, tonight(conn, registry), registry)
    return causes(conn, "A")[-1]


@pytest.mark.parametrize(
    ("assignment", "cause"),
    [
        ("value = value + 1, numerator = numerator + 1", "correction"),
        ("value = value + 1, units_counted = units_counted + 1", "late"),
        ("value = null, units_counted = units_counted - 1", "withdrawal"),
        ("value = value + 1, formula_version = formula_version + 1", "formula"),
        ("target_status = 'reached' || clock_timestamp()", "target"),
    ],
)
def test_after_a_filing_of_a_unit_below_the_difference_says_why(
    conn: psycopg.Connection, registry: Registry, assignment: str, cause: str
) -> None:
    file(conn, FED_BY, 10)
    assert causes(conn, "A")[0] == "first"
    assert cause_of(conn, registry, assignment) == cause


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        (("kpi_terms",), "formula"),
        (("indicators", "units", "holidays"), "formula"),
        (("unit_events", "holidays"), "unit_event"),
        (("obligations",), "registry"),
        (("targets",), "recomputed"),
        ((), "recomputed"),
    ],
)
def test_without_a_filing_it_was_the_file_of_the_registry_that_changed(
    conn: psycopg.Connection, registry: Registry, files: tuple[str, ...], cause: str
) -> None:
    publish(conn, tonight(conn, registry), registry)
    edited = with_changed(registry, *files)
    assert cause_of(conn, edited) == cause
    told = conn.execute(
        "select changed_files, registry_files from reporting.publications order by publication_id desc limit 1"
    ).fetchone()
    assert told == (sorted(files), edited.file_sha256)


def test_a_filing_that_cannot_reach_the_figure_is_not_its_cause(
    conn: psycopg.Connection, registry: Registry
) -> None:
    publish(conn, tonight(conn, registry), registry)
    edited = with_changed(registry, "units")
    file(conn, NOT_FED_BY, 3)
    assert cause_of(conn, edited) == "unit_event"
    file(conn, FED_BY, 3, unit="elsewhere@2025-07-01")
    assert cause_of(conn, with_changed(registry, "unit_aliases")) == "unit_event"
    file(conn, FED_BY, 4)
    assert cause_of(conn, with_changed(registry, "units")) == "correction"


def test_observations_that_are_read_anew_are_no_filing(conn: psycopg.Connection, registry: Registry) -> None:
    file(conn, FED_BY, 5)
    publish(conn, tonight(conn, registry), registry)
    conn.execute("update marts.mart_indicator_values set value = value * 2")
    assert cause_of(conn, with_changed(registry, "form_fields")) == "registry"
    assert observation_causes(conn, FED_BY)[-1] == "registry"


def test_a_nil_filing_is_a_filing(conn: psycopg.Connection, registry: Registry) -> None:
    publish(conn, tonight(conn, registry), registry)
    submission = file(conn, FED_BY, 5)
    conn.execute("delete from marts.mart_indicator_values where submission_id = %s", (submission,))
    conn.execute(
        "insert into marts.mart_obligations (unit_id, unit_code, form_code, calendar_code, period_code, due_at, "
        "lock_at, correction_lock_at, state, is_late, is_nil, submission_id) "
        "values (%s, '14758', 'HS-01', 'administrative', '2025-M07', now(), now(), now(), 'nil', false, true, %s)",
        (COMMUNE, submission),
    )
    edited = with_changed(registry, "units")
    assert cause_of(conn, edited, "units_counted = units_counted + 1, units_owed = units_owed + 1") == "late"


def test_a_nil_filing_that_is_taken_back_is_a_withdrawal(
    conn: psycopg.Connection, registry: Registry
) -> None:
    submission = file(conn, FED_BY, 5)
    conn.execute("delete from marts.mart_indicator_values where submission_id = %s", (submission,))
    conn.execute(
        "insert into marts.mart_obligations (unit_id, unit_code, form_code, calendar_code, period_code, due_at, "
        "lock_at, correction_lock_at, state, is_late, is_nil, submission_id) "
        "values (%s, '38', 'HS-01', 'administrative', '2025-M07', now(), now(), now(), 'nil', false, true, %s)",
        (UNIT, submission),
    )
    publish(conn, tonight(conn, registry), registry)
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) values (%s, %s, 'withdrawn')",
        (submission, tonight(conn, registry).night_id),
    )
    conn.execute(
        "update marts.mart_obligations set state = 'late', is_nil = false, submission_id = null "
        "where submission_id = %s",
        (submission,),
    )
    edited = with_changed(registry, "units")
    assert cause_of(conn, edited, "units_counted = units_counted - 1") == "withdrawal"


def observation_causes(conn: psycopg.Connection, indicator: str) -> list[str]:
    rows = conn.execute(
        "select cause from reporting.indicator_value_issues where indicator_code = %s order by revision",
        (indicator,),
    ).fetchall()
    return [cause for (cause,) in rows]


def test_every_issue_of_an_observation_says_why(conn: psycopg.Connection, registry: Registry) -> None:
    indicator = "dossiers.full_online"
    for value in (1, 2):
        file(conn, indicator, value)
        publish(conn, tonight(conn, registry), registry)
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) "
        "select submission_id, %s, 'superseded' from marts.mart_indicator_values where indicator_code = %s",
        (tonight(conn, registry).night_id, indicator),
    )
    conn.execute("delete from marts.mart_indicator_values where indicator_code = %s", (indicator,))
    publish(conn, tonight(conn, registry), registry)
    assert observation_causes(conn, indicator) == ["first", "correction", "withdrawal"]
    file(conn, indicator, 3)
    publish(conn, tonight(conn, registry), registry)
    conn.execute("delete from marts.mart_indicator_values where indicator_code = %s", (indicator,))
    publish(conn, tonight(conn, registry), registry)
    assert observation_causes(conn, indicator)[-2:] == ["correction", "removed"]
    assert conn.execute(
        "select is_removed, value from reporting.indicator_value_issues where indicator_code = %s "
        "order by revision desc limit 1", (indicator,)
    ).fetchone() == (True, None)  # fmt: skip


def test_a_figure_that_passes_because_the_rules_changed_says_so(
    conn: psycopg.Connection, registry: Registry, tmp_path: Path
) -> None:
    rules = tmp_path / "exit.yml"
    rules.write_text("strict")
    publish(conn, tonight(conn, registry), registry, tmp_path)
    change(conn, "A", "value = 150")
    night = tonight(conn, registry)
    block(conn, night, "A")
    publish(conn, night, registry, tmp_path)
    assert causes(conn, "A")[-1] == "stopped"

    rules.write_text("lenient")
    publish(conn, tonight(conn, registry), registry, tmp_path)
    assert causes(conn, "A")[-1] == "rule"


def test_a_removed_figure_says_why_as_well(conn: psycopg.Connection, registry: Registry) -> None:
    file(conn, FED_BY, 20)
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'A'")
    conn.execute("update marts.mart_kpi_values set unit_id = 'other' where kpi_code = 'B'")
    publish(conn, tonight(conn, registry), registry)
    assert causes(conn, "A")[-1] == "withdrawal"
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'B'")
    publish(conn, tonight(conn, registry), with_changed(registry, "unit_events"))
    last = conn.execute(
        "select cause, is_removed, unit_id from reporting.kpi_value_issues where kpi_code = 'B' "
        "order by publication_id desc limit 1"
    ).fetchone()
    assert last == ("unit_event", True, "other")
    assert conn.execute(
        "select count(*) from reporting.kpi_values where unit_id <> %s", (UNIT,)
    ).fetchone() == (0,)
