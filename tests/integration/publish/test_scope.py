"""A publication costs what changed: which rows are compared, and what is hashed."""

from __future__ import annotations

import psycopg
import pytest

from kpi_reporting.publish import Publication, publish
from kpi_reporting.registry import Registry
from tests.integration.publish.figures import (
    COMMUNE,
    OBSERVATION,
    UNIT,
    block,
    causes,
    change,
    computed,
    everything,
    shown,
    tonight,
)


def published_computations(conn: psycopg.Connection) -> list[bool]:
    rows = conn.execute("select is_published from raw.computations order by computation_id").fetchall()
    return [is_published for (is_published,) in rows]


def test_only_touched_figures_are_compared(conn: psycopg.Connection, registry: Registry) -> None:
    before = shown(conn, "B")
    change(conn, "A", "value = 11")
    change(conn, "B", "value = 12")
    night = tonight(conn, registry)
    computed(conn, night, is_full=False, kpis=("A",))

    publication = publish(conn, night, registry)

    assert publication is not None
    assert (shown(conn, "A"), shown(conn, "B")) == ((11, False), before)
    assert published_computations(conn) == [True]

    night = tonight(conn, registry)
    computed(conn, night, is_full=True)
    assert publish(conn, night, registry) is not None
    assert shown(conn, "B") == (12, False)


def test_without_a_computation_everything_is_compared(conn: psycopg.Connection, registry: Registry) -> None:
    change(conn, "B", "value = 13")
    publish(conn, tonight(conn, registry), registry)
    assert shown(conn, "B") == (13, False)


def test_a_touched_figure_that_is_gone_is_removed(conn: psycopg.Connection, registry: Registry) -> None:
    conn.execute("delete from marts.mart_kpi_values where kpi_code in ('A', 'C')")
    night = tonight(conn, registry)
    computed(conn, night, is_full=False, kpis=("C",))
    publish(conn, night, registry)
    assert shown(conn, "A") is not None
    assert shown(conn, "C") is None
    assert causes(conn, "C")[-1] == "withdrawal"


def test_what_an_earlier_computation_recomputed_in_vain_is_not_lost(
    conn: psycopg.Connection, registry: Registry
) -> None:
    change(conn, "B", "value = 14")
    computed(conn, tonight(conn, registry), is_full=True)
    night = tonight(conn, registry)
    computed(conn, night, is_full=False)
    publish(conn, night, registry)
    assert shown(conn, "B") == (14, False)
    assert published_computations(conn) == [True, True]


def test_what_another_night_touched_does_not_limit_this_one(
    conn: psycopg.Connection, registry: Registry
) -> None:
    night = tonight(conn, registry)
    change(conn, "B", "value = 15")
    computed(conn, night, is_full=False)
    computed(conn, tonight(conn, registry), is_full=False)
    publish(conn, night, registry)
    assert shown(conn, "B") == (15, False)
    assert published_computations(conn) == [True, False]


def test_a_computation_that_changed_nothing_counts_as_published(
    conn: psycopg.Connection, registry: Registry
) -> None:
    night = tonight(conn, registry)
    computed(conn, night, is_full=False)
    before = everything(conn)
    assert publish(conn, night, registry) is None
    assert everything(conn) == before
    assert published_computations(conn) == [True]


def test_a_stale_figure_is_looked_at_every_night(conn: psycopg.Connection, registry: Registry) -> None:
    change(conn, "A", "value = 160")
    night = tonight(conn, registry)
    computed(conn, night, is_full=False)
    block(conn, night, "A")
    publish(conn, night, registry)
    assert causes(conn, "A")[-1] == "stopped"

    night = tonight(conn, registry)
    computed(conn, night, is_full=False)
    publish(conn, night, registry)
    assert shown(conn, "A") == (160, False)
    assert causes(conn, "A")[-1] == "released"


def test_observations_and_obligations_are_limited_too(conn: psycopg.Connection, registry: Registry) -> None:
    conn.execute(OBSERVATION, ("dossiers.completed_total", COMMUNE, 9, 1))
    conn.execute(
        "insert into marts.mart_obligations (unit_id, unit_code, form_code, calendar_code, period_code, due_at, "
        "lock_at, correction_lock_at, state, is_late, is_nil) "
        "values (%s, '38', 'HS-01', 'administrative', '2025-M07', now(), now(), now(), 'due', false, false)",
        (UNIT,),
    )
    night = tonight(conn, registry)
    computed(conn, night, is_full=False)
    assert publish(conn, night, registry) is None

    night = tonight(conn, registry)
    computed(conn, night, is_full=False)
    for touched, mart in (("cells", "indicator_values"), ("obligations", "obligations")):
        conn.execute(
            f"insert into intermediate.int_touched_{touched} select "
            f"{'indicator_code, breakdown_code, observation_kind, unit_id' if touched == 'cells' else 'unit_id, form_code'}"
            f", calendar_code, period_code from marts.mart_{mart}".encode()
        )
    publication = publish(conn, night, registry)
    assert publication is not None
    assert publication.rows_added == 2


def test_findings_of_a_limited_night_are_published(conn: psycopg.Connection, registry: Registry) -> None:
    night = tonight(conn, registry)
    computed(conn, night, is_full=False)
    insert = (
        "insert into quality.findings (night_id, layer, rule_id, severity, message_vi, message_en, action_vi) "
        "values (%s, 'row', %s, 'warning', 'vi', 'en', 'vi')"
    )
    conn.execute(insert, (night.night_id, f"scope.{night.night_id}"))
    publication = publish(conn, night, registry)
    assert publication is not None
    assert publication.rows_added == 1


def hash_after(conn: psycopg.Connection, registry: Registry, assignment: str, *, is_full: bool = True) -> str:
    change(conn, "A", assignment)
    night = tonight(conn, registry)
    computed(conn, night, is_full=is_full, kpis=("A",))
    publication = publish(conn, night, registry)
    assert isinstance(publication, Publication)
    return publication.content_sha256


@pytest.mark.parametrize("is_full", [True, False], ids=["everything compared", "only what was touched"])
def test_equal_content_has_an_equal_hash_whatever_the_way(
    conn: psycopg.Connection, registry: Registry, is_full: bool
) -> None:
    first = hash_after(conn, registry, "value = 50")
    second = hash_after(conn, registry, "value = 51", is_full=is_full)
    assert hash_after(conn, registry, "value = 50.00", is_full=is_full) == first != second


def test_a_hash_kept_per_period_is_that_of_all_figures_hashed_at_once(
    conn: psycopg.Connection, registry: Registry
) -> None:
    kept = hash_after(conn, registry, "value = 52", is_full=False)
    conn.execute("truncate reporting.period_hashes")
    hash_after(conn, registry, "value = 53", is_full=False)
    assert hash_after(conn, registry, "value = 52", is_full=False) == kept


def test_only_periods_with_changes_are_hashed_again(conn: psycopg.Connection, registry: Registry) -> None:
    conn.execute("insert into marts.mart_kpi_values select (jsonb_populate_record(v, '{\"period_code\": \"2025-M06\"}')).* "
                 "from marts.mart_kpi_values as v where kpi_code = 'A'")  # fmt: skip
    publish(conn, tonight(conn, registry), registry)
    conn.execute("update reporting.period_hashes set sha256 = 'untouched' where period_code = '2025-M06'")
    conn.execute(
        "update marts.mart_kpi_values set value = 54 where kpi_code = 'A' and period_code = '2025-M07'"
    )
    publish(conn, tonight(conn, registry), registry)
    hashes = dict(conn.execute("select period_code, sha256 from reporting.period_hashes").fetchall())
    assert hashes["2025-M06"] == "untouched" != hashes["2025-M07"]

    conn.execute("delete from marts.mart_kpi_values where period_code = '2025-M06'")
    publish(conn, tonight(conn, registry), registry)
    assert conn.execute("select period_code from reporting.period_hashes").fetchall() == [("2025-M07",)]


def test_a_stale_mark_is_part_of_the_hash(conn: psycopg.Connection, registry: Registry) -> None:
    first = hash_after(conn, registry, "value = 55")
    change(conn, "A", "value = 170")
    night = tonight(conn, registry)
    block(conn, night, "A")
    publication = publish(conn, night, registry)
    assert publication is not None
    assert publication.content_sha256 != first
    assert hash_after(conn, registry, "value = 55") == first
