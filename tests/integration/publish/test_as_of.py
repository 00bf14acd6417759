"""Every past state can be read back, byte for byte."""

from __future__ import annotations

import random
from datetime import datetime

import psycopg
import pytest

from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse import connect, migrate
from tests.integration.publish.figures import (
    DERIVED,
    FIGURE,
    OBSERVATION,
    UNIT,
    block,
    computed,
    rows_as_text,
    tonight,
)

HISTORIES = ("kpi_values", "indicator_values", *DERIVED, "kpi_series")
KPIS = ("A", "B", "C", "D", "E", "F")
PUBLICATIONS = 20
OTHER_INDEXES = """
select cast(i.indexrelid::regclass as text)
from pg_index as i where i.indrelid = 'reporting.kpi_value_issues'::regclass and not i.indisprimary
"""


def upset(conn: psycopg.Connection, chance: random.Random) -> tuple[str, ...]:
    """Add, change, remove and bring back some candidates; return the KPIs that were touched."""
    touched = tuple(kpi for kpi in KPIS if chance.random() < 0.5)
    for kpi in touched:
        conn.execute("delete from marts.mart_kpi_values where kpi_code = %s", (kpi,))
        conn.execute("delete from marts.mart_indicator_values where indicator_code = %s", (kpi,))
        if chance.random() < 0.75:
            value = chance.choice([None, "0", "1.50", "1.5", "99.99", str(chance.randint(1, 10**6))])
            conn.execute(FIGURE, (kpi, "2025-M07", value))
            conn.execute(
                "update marts.mart_kpi_values set coverage = %s, reason = %s, target_value = %s where kpi_code = %s",
                (
                    chance.choice([None, "0.50"]),
                    chance.choice([None, "no_data"]),
                    chance.choice([None, "75"]),
                    kpi,
                ),
            )
            conn.execute(OBSERVATION, (kpi, UNIT, chance.choice(["1", "1.0", "2"]), chance.randint(1, 3)))
    return touched


@pytest.mark.parametrize("seed", range(3))
def test_every_past_publication_reads_back_as_readers_saw_it(
    conn: psycopg.Connection, registry: Registry, seed: int
) -> None:
    chance = random.Random(seed)
    conn.execute(FIGURE, ("Z", "2025-M07", "1"))  # an empty mart is a failed build, not a change
    seen: dict[int, dict[str, list[str]]] = {}
    instants: dict[int, datetime] = {}
    for _ in range(2 * PUBLICATIONS):
        touched = upset(conn, chance)
        night = tonight(conn, registry)
        if chance.random() < 0.5:
            computed(conn, night, is_full=False, kpis=touched)
            conn.execute(
                "insert into intermediate.int_touched_cells "
                "select k, 'total', 'actual', %s, 'administrative', '2025-M07' from unnest(%s::text[]) as t (k)",
                (UNIT, list(touched)),
            )
        for kpi in KPIS:
            if chance.random() < 0.1:
                block(conn, night, kpi)
        publication = publish(conn, night, registry)
        if publication is not None:
            number = publication.publication_id
            seen[number] = {name: rows_as_text(conn, f"reporting.{name}") for name in HISTORIES}
            row = conn.execute("select max(published_at) from reporting.publications").fetchone()
            instants[number] = row[0] if row else None
    assert len(seen) >= PUBLICATIONS
    assert len({tuple(state["kpi_values"]) for state in seen.values()}) >= PUBLICATIONS
    for number, state in seen.items():
        for name in HISTORIES:
            assert rows_as_text(conn, f"reporting.{name}_as_of({number})") == state[name], (name, number)
            assert rows_as_text(conn, f"reporting.{name}_at('{instants[number]}')") == state[name], (
                name,
                number,
            )


def test_a_removed_figure_is_still_there_as_of_earlier(conn: psycopg.Connection, registry: Registry) -> None:
    row = conn.execute("select max(publication_id) from reporting.publications").fetchone()
    assert row is not None
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'B'")
    publish(conn, tonight(conn, registry), registry)
    count = "select count(*) from reporting.kpi_values_as_of(%s) where kpi_code = 'B'"
    assert conn.execute(count, row).fetchone() == (1,)
    assert conn.execute(count, (row[0] + 1,)).fetchone() == (0,)


def test_one_figure_of_the_past_is_found_by_index(conn: psycopg.Connection) -> None:
    # A few rows fit on a page: what is asked here is whether the key can be looked up, not what is cheapest for them.
    for way in ("seqscan", "hashjoin", "mergejoin", "bitmapscan"):
        conn.execute(f"set local enable_{way} = off".encode())
    for (other,) in conn.execute(OTHER_INDEXES).fetchall():
        conn.execute(f"drop index {other}".encode())
    plan = "\n".join(
        line
        for (line,) in conn.execute(
            "explain select * from reporting.kpi_values_as_of(3) where kpi_code = 'A' and formula_code = 'DT03-plan'"
        ).fetchall()
    )
    assert "Function Scan" not in plan
    assert plan.count("Index Cond: ((kpi_code = 'A'::text)") == 2, plan
    conn.rollback()


def test_readers_may_ask_for_the_past_and_not_extend_it(conn: psycopg.Connection) -> None:
    conn.execute("set local role reporting_reader")
    for name in HISTORIES:
        conn.execute(f"select * from reporting.{name}_as_of(1)".encode())
        conn.execute(f"select * from reporting.{name}_at(now())".encode())
    conn.execute("select * from reporting.restatements")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("call reporting.extend_history()")


def test_the_past_is_commented(conn: psycopg.Connection) -> None:
    query = """
        select p.proname from pg_proc as p
        where p.pronamespace = 'reporting'::regnamespace and obj_description(p.oid, 'pg_proc') is null
    """
    assert conn.execute(query).fetchall() == []
    of_the_marts = "select attname from pg_attribute where attrelid = 'marts.mart_kpi_values'::regclass"
    uncommented = """
        select c.relname, a.attname from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid
        where
            c.oid = any(array[
                'reporting.kpi_value_issues', 'reporting.kpi_series', 'reporting.restatements', 'reporting.period_hashes',
                'reporting.publications', 'national.divergences', 'national.delivered_figures'
            ]::regclass[]) and a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null
    """
    # All other comments are those of the marts, of which this warehouse has one.
    named = {name for _, name in conn.execute(uncommented).fetchall()}
    assert named <= {name for (name,) in conn.execute(of_the_marts).fetchall()} - {"value"}


def test_a_column_that_a_later_migration_adds_is_kept_in_the_past(
    warehouse: str, conn: psycopg.Connection, registry: Registry
) -> None:
    with connect(warehouse) as owner:
        for table in ("reporting.kpi_values", "marts.mart_kpi_values"):
            owner.execute(f"alter table {table} add column later_thought text".encode())
        owner.execute("call reporting.extend_history()")
    conn.execute("update marts.mart_kpi_values set later_thought = 'yes' where kpi_code = 'A'")
    publication = publish(conn, tonight(conn, registry), registry)
    assert publication is not None
    asked = "select later_thought from reporting.kpi_values_as_of(%s) where kpi_code = 'A'"
    assert conn.execute(asked, (publication.publication_id,)).fetchone() == ("yes",)
    assert conn.execute(asked, (publication.publication_id - 1,)).fetchone() == (None,)
    conn.execute("alter table marts.mart_kpi_values drop column later_thought")
    conn.execute("alter table reporting.kpi_values drop column later_thought")
    conn.execute("call reporting.extend_history()")
    conn.commit()


def test_columns_are_followed_whenever_a_warehouse_is_brought_up_to_date(
    warehouse: str, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    conn.execute("alter table reporting.indicator_values add column later_thought text")
    conn.commit()
    monkeypatch.setattr("kpi_reporting.warehouse._current_revision", lambda _: None)
    migrate(warehouse)
    conn.execute("select later_thought from reporting.indicator_value_issues limit 0")
    conn.execute("select later_thought from reporting.indicator_values_as_of(1) limit 0")
    conn.execute("alter table reporting.indicator_values drop column later_thought")
    conn.execute("alter table reporting.indicator_value_issues drop column later_thought")
    conn.execute("call reporting.extend_history()")
    conn.commit()
