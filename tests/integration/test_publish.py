"""Publication on a real PostgreSQL: readers see one state, and every change leaves an issue."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest

from kpi_reporting import publish as publish_package
from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night, open_night

PROJECT = Path(__file__).parents[2]
FIRST_NIGHT = datetime(2025, 7, 16, 18, tzinfo=UTC)
DAYS = count()
TABLES = ("kpi_values", "indicator_values", "obligations", "units", "kpis", "targets", "periods")

# Candidates have the columns of what readers see, but for those that a publication fills itself.
MARTS = """
create table marts.mart_{name} as select * from reporting.{name} limit 0;
alter table marts.mart_{name} drop column publication_id;
"""
FIGURE = """
insert into marts.mart_kpi_values
select
    %s, 'DT03-plan', 1, '38@2025-07-01', '38', 'administrative', %s, 'month', '2025-06-15', '2025-07-14',
    %s, 75, 100, '%%', 181, 181, 'complete', null, true, true, null, null, null, null, null, 'no_target'
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")


@pytest.fixture(scope="module")
def warehouse(warehouse_dsn: str) -> str:
    with connect(warehouse_dsn) as conn:
        for name in TABLES:
            conn.execute(MARTS.format(name=name).encode())
        conn.execute("alter table marts.mart_kpi_values drop column revision, drop column is_stale")
        conn.execute("comment on column marts.mart_kpi_values.value is 'Value of the KPI.'")
        conn.execute(
            "insert into marts.mart_periods values ('administrative','2025-M07','month',2025,7,'2025-06-15','2025-07-14')"
        )
    return warehouse_dsn


@pytest.fixture
def conn(warehouse: str, registry: Registry) -> Iterator[psycopg.Connection]:
    """Three published figures to start from."""
    with connect(warehouse) as conn:
        conn.execute("truncate marts.mart_kpi_values")
        for kpi, value in (("A", "75"), ("B", "60"), ("C", None)):
            conn.execute(FIGURE, (kpi, "2025-M07", value))
        publish(conn, tonight(conn, registry), registry)
        conn.commit()
        yield conn


def tonight(conn: psycopg.Connection, registry: Registry) -> Night:
    night = Night(FIRST_NIGHT + timedelta(days=next(DAYS)), registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night


def block(conn: psycopg.Connection, night: Night, kpi: str) -> None:
    key = f"{kpi}/DT03-plan/38@2025-07-01/administrative/2025-M07"
    conn.execute("insert into quality.blocked_figures values (%s, %s, 'exit.test')", (night.night_id, key))


def shown(conn: psycopg.Connection, kpi: str) -> tuple[object, ...] | None:
    return conn.execute(
        "select value, is_stale from reporting.kpi_values where kpi_code = %s", (kpi,)
    ).fetchone()


def causes(conn: psycopg.Connection, kpi: str) -> list[str]:
    rows = conn.execute(
        "select cause from reporting.kpi_value_issues where kpi_code = %s order by revision", (kpi,)
    ).fetchall()
    return [cause for (cause,) in rows]


def everything(conn: psycopg.Connection) -> list[object]:
    tables = (*TABLES, "findings", "publications", "kpi_value_issues")
    return [
        conn.execute(f"select * from reporting.{name} order by 1, 2, 3, 4, 5".encode()).fetchall()
        for name in tables
    ]


def test_publishing_the_same_twice_changes_nothing(conn: psycopg.Connection, registry: Registry) -> None:
    before = everything(conn)
    conn.execute("update marts.mart_kpi_values set value = value + 0.00")  # 75 and 75.00 are the same number

    assert publish(conn, tonight(conn, registry), registry) is None
    assert everything(conn) == before


def test_only_what_changed_gets_the_new_publication(conn: psycopg.Connection, registry: Registry) -> None:
    conn.execute("update marts.mart_kpi_values set value = 76 where kpi_code = 'A'")

    publication = publish(conn, tonight(conn, registry), registry)

    assert publication is not None
    assert (publication.rows_added, publication.rows_changed, publication.rows_removed) == (0, 1, 0)
    of_publication = conn.execute(
        "select kpi_code from reporting.kpi_values where publication_id = %s", (publication.publication_id,)
    ).fetchall()
    assert of_publication == [("A",)]
    assert shown(conn, "A") == (76, False)


def test_equal_content_has_an_equal_hash(conn: psycopg.Connection, registry: Registry) -> None:
    hashes = []
    for value in (50, 51, 50):
        conn.execute("update marts.mart_kpi_values set value = %s where kpi_code = 'A'", (value,))
        publication = publish(conn, tonight(conn, registry), registry)
        assert publication is not None
        hashes.append(publication.content_sha256)
    assert hashes[0] == hashes[2] != hashes[1]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ("value = 1, numerator = 1", "correction"),
        ("value = 2, units_counted = 182", "late"),
        ("value = 3, formula_version = formula_version + 1", "formula"),
        ("target_status = 'reached' || clock_timestamp()", "recomputed"),
    ],
)
def test_an_issue_says_why_the_figure_changed(
    conn: psycopg.Connection, registry: Registry, change: str, cause: str
) -> None:
    conn.execute(f"update marts.mart_kpi_values set {change} where kpi_code = 'B'".encode())
    publish(conn, tonight(conn, registry), registry)
    assert causes(conn, "B")[0] == "first"
    assert causes(conn, "B")[-1] == cause


def test_a_removed_figure_leaves_an_issue_and_may_come_back(
    conn: psycopg.Connection, registry: Registry
) -> None:
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'C'")
    publish(conn, tonight(conn, registry), registry)
    assert shown(conn, "C") is None
    assert causes(conn, "C")[-1] == "removed"

    conn.execute(FIGURE, ("C", "2025-M07", "5"))
    publish(conn, tonight(conn, registry), registry)
    assert shown(conn, "C") == (5, False)
    assert causes(conn, "C")[-2:] == ["removed", "correction"]
    revision = conn.execute("select revision from reporting.kpi_values where kpi_code = 'C'").fetchone()
    assert revision == (len(causes(conn, "C")),)


def test_a_blocked_figure_stays_and_is_marked(conn: psycopg.Connection, registry: Registry) -> None:
    value = conn.execute("select value from marts.mart_kpi_values where kpi_code = 'A'").fetchone()
    assert value is not None
    conn.execute("update marts.mart_kpi_values set value = 150 where kpi_code = 'A'")
    conn.execute(FIGURE, ("NEW", "2025-M07", "150"))
    night = tonight(conn, registry)
    block(conn, night, "A")
    block(conn, night, "NEW")

    publication = publish(conn, night, registry)

    assert publication is not None
    assert publication.rows_changed == 1
    assert shown(conn, "A") == (value[0], True)
    assert shown(conn, "NEW") is None
    assert causes(conn, "A")[-1] != "blocked"
    assert publish(conn, night, registry) is None

    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'NEW'")
    conn.execute("update marts.mart_kpi_values set value = %s where kpi_code = 'A'", value)
    publish(conn, tonight(conn, registry), registry)
    assert shown(conn, "A") == (value[0], False)


def test_a_reader_sees_one_publication(conn: psycopg.Connection, warehouse: str, registry: Registry) -> None:
    conn.execute("update marts.mart_kpi_values set value = 20 where kpi_code = 'A'")
    conn.execute(
        "update marts.mart_periods set national_due_day = coalesce(national_due_day, '2025-07-25') + 1"
    )
    conn.commit()
    with connect(warehouse) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        before = shown(reader, "A")
        publish(conn, tonight(conn, registry), registry)
        conn.commit()
        newest = "select max(publication_id) from reporting.publications"
        inside = (
            reader.execute(newest).fetchone(),
            reader.execute(newest.replace("publications", "periods")).fetchone(),
        )
        assert shown(reader, "A") == before
        reader.commit()
        after = (
            reader.execute(newest).fetchone(),
            reader.execute(newest.replace("publications", "periods")).fetchone(),
        )
        assert shown(reader, "A") == (20, False)
        assert after[0] == after[1]
        assert inside != after


def test_a_publication_killed_on_the_way_leaves_nothing(
    conn: psycopg.Connection, warehouse: str, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(conn)
    conn.execute("update marts.mart_kpi_values set value = 33 where kpi_code = 'A'")
    night = tonight(conn, registry)

    def kill_after_figures(victim: psycopg.Connection, *_: object) -> None:
        with connect(warehouse) as killer:
            killer.execute("select pg_terminate_backend(%s)", (victim.info.backend_pid,))
        victim.execute("select 1")

    with connect(warehouse) as doomed, monkeypatch.context() as patched:
        patched.setattr(publish_package, "copy_comments", kill_after_figures)
        with pytest.raises(psycopg.OperationalError):
            publish(doomed, night, registry)
    assert everything(conn) == before

    assert publish(conn, night, registry) is not None
    assert shown(conn, "A") == (33, False)


def test_a_lock_is_waited_for(conn: psycopg.Connection, warehouse: str, registry: Registry) -> None:
    conn.execute("update marts.mart_kpi_values set value = 44 where kpi_code = 'A'")
    conn.commit()
    with connect(warehouse) as other:
        other.execute("lock table reporting.kpi_values in access exclusive mode")
        release = threading.Timer(3, other.rollback)
        release.start()
        assert publish(conn, tonight(conn, registry), registry) is not None
        release.join()
    assert shown(conn, "A") == (44, False)


def test_readers_keep_their_rights_and_comments_arrive(
    conn: psycopg.Connection, settings: object, registry: Registry
) -> None:
    row = conn.execute(
        """
        select
            has_table_privilege('reporting_reader', 'reporting.kpi_values', 'select'),
            has_table_privilege('reporting_reader', 'reporting.kpi_values', 'insert'),
            has_schema_privilege('reporting_reader', 'marts', 'usage'),
            col_description('reporting.kpi_values'::regclass, attnum)
        from pg_attribute where attrelid = 'reporting.kpi_values'::regclass and attname = 'value'
        """
    ).fetchone()
    assert row == (True, False, False, "Value of the KPI.")


def test_findings_are_published_once(conn: psycopg.Connection, registry: Registry) -> None:
    night = tonight(conn, registry)
    conn.execute(
        """
        insert into quality.findings (night_id, layer, rule_id, severity, message_vi, message_en, action_vi)
        values (%s, 'row', 'test.rule', 'warning', 'vi', 'en', 'vi')
        """,
        (night.night_id,),
    )
    publication = publish(conn, night, registry)
    assert publication is not None
    assert publication.rows_added == 1
    assert publish(conn, night, registry) is None
    assert conn.execute("select count(*) from reporting.findings where rule_id = 'test.rule'").fetchone() == (
        1,
    )


def test_a_mart_that_lost_or_gained_a_column_is_an_error(
    conn: psycopg.Connection, registry: Registry
) -> None:
    night = tonight(conn, registry)
    conn.execute("alter table marts.mart_targets rename column act to deed")
    with pytest.raises(WarehouseError, match="Missing in the source: act. Unknown to readers: deed"):
        publish(conn, night, registry)
    conn.rollback()


def test_an_empty_mart_is_an_error_not_a_withdrawal(conn: psycopg.Connection, registry: Registry) -> None:
    night = tonight(conn, registry)
    before = everything(conn)
    conn.execute("truncate marts.mart_kpi_values")
    with pytest.raises(WarehouseError, match="mart_kpi_values is empty"):
        publish(conn, night, registry)
    conn.rollback()
    assert everything(conn) == before
