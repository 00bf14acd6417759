"""What the dbt project promises, on a real PostgreSQL: its unit tests, its contracts, its comments, its increments."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting import transform
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.publish.tables import OWN_COLUMNS, PUBLISHED
from kpi_reporting.registry import load_registry
from kpi_reporting.warehouse import connect
from tests.golden.chain import PROJECT, OneDatabase, run_night, settings_for
from tests.integration.tables import checks, columns, primary_key

REGISTRY = PROJECT / "dbt_project/seeds/thanh_hoa"
CODE = "thanh_hoa"
SHORT_TYPES = {"timestamptz": "timestamp with time zone"}
MART_TABLES = [one.name for one in PUBLISHED if one.source_schema == "marts"]

DISTRICT = """Mã biểu,HS-01H
Phiên bản,1
Mã đơn vị,380
Kỳ báo cáo,2025-M06
Mã xã,Tên xã,{labels}
14758,,{figures}
,Phường Hàm Rồng,{figures}
,Tổng cộng,{figures}
"""
COMMUNE = """Mã biểu,HS-01
Phiên bản,1
Mã đơn vị,{unit}
Kỳ báo cáo,2025-M07
Mã số,Chỉ tiêu,Đơn vị tính,Số liệu,Ghi chú
{rows}
"""


@dataclass(frozen=True)
class Province:
    """A warehouse of the default registry after two nights, with everything it published."""

    settings: OneDatabase
    dsn: str

    def dbt(self, *command: str) -> transform.TransformSummary:
        return transform.run_dbt(self.settings, CODE, command)


@pytest.fixture(scope="module")
def province(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Province:
    settings = settings_for(warehouse_dsn, tmp_path_factory.mktemp("dbt"))
    inbox = settings.inbox
    drop(inbox / "districts/380.csv", district(), "2025-06-15T09:00:00+07:00")
    run_night(settings, REGISTRY, inbox, "2025-06-17T01:00:00+07:00")
    drop(inbox / "communes/first.csv", commune("14758", 10), "2025-07-15T09:00:00+07:00")
    drop(inbox / "communes/corrected.csv", commune("14758", 20), "2025-07-16T08:00:00+07:00")
    drop(inbox / "communes/other.csv", commune("14797", 30), "2025-07-16T08:00:00+07:00")
    run_night(settings, REGISTRY, inbox, "2025-07-17T01:00:00+07:00")
    return Province(settings, warehouse_dsn)


@pytest.fixture
def conn(province: Province) -> Iterator[psycopg.Connection]:
    with connect(province.dsn) as connection:
        yield connection


def fields(form_code: str) -> list[tuple[str, str]]:
    """Item code and label of each figure of a form."""
    return [
        (one.item_code or "", one.label)
        for one in load_registry(REGISTRY).form_fields
        if one.form_code == form_code and one.indicator_code
    ]


def district() -> str:
    labels = [label for _, label in fields("HS-01H")]
    return DISTRICT.format(labels=",".join(labels), figures=",".join("0" for _ in labels))


def commune(unit: str, figure: int) -> str:
    """A list of zeros, which agree with each other, and one figure to tell filings apart."""
    shown = {"5.1": figure, "5.2": figure}
    rows = (f"{item},,,{shown.get(item, 0)}," for item, _ in fields("HS-01"))
    return COMMUNE.format(unit=unit, rows="\n".join(rows))


def drop(path: Path, text: str, received: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    seconds = datetime.fromisoformat(received).timestamp()
    os.utime(path, (seconds, seconds))


def target(province: Province) -> Path:
    return Path(transform.dbt_environment(province.settings, CODE)["DBT_TARGET_PATH"])


def models(province: Province) -> list[dict[str, Any]]:
    province.dbt("parse", "--write-json")
    nodes = json.loads((target(province) / "manifest.json").read_text("utf-8"))["nodes"].values()
    return [node for node in nodes if node["resource_type"] == "model"]


def uncommented(conn: psycopg.Connection) -> set[tuple[str, str]]:
    query = """
        select c.relname, a.attname
        from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid
        where
            c.relnamespace = 'reporting'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            and col_description(a.attrelid, a.attnum) is null
    """
    return set(conn.execute(query).fetchall())


def test_nights_staged_a_table_and_two_lists(conn: psycopg.Connection) -> None:
    states = "select form_code, state, count(*) from staging.stg_submissions group by 1, 2 order by 1, 2"
    assert conn.execute(states).fetchall() == [
        ("HS-01", "accepted", 2),
        ("HS-01", "superseded", 1),
        ("HS-01H", "accepted", 1),
    ]
    rows = "select form_code, unit_id from staging.stg_rows as r inner join staging.stg_submissions using (submission_id)"
    named = f"{rows} where form_code = 'HS-01H' and row_kind = 'data' order by row_number"
    assert conn.execute(named.encode()).fetchall() == [
        ("HS-01H", "14758@2025-01-01"),
        ("HS-01H", "14755@2025-01-01"),
    ]


def test_unit_tests_of_models_pass(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a session outside Vietnam, so that a day taken from an instant has to say where."""
    monkeypatch.setenv("PGTZ", "UTC")
    assert province.dbt("test", "--select", "test_type:unit").nodes > 50


def test_staging_night_by_night_equals_a_full_rebuild(province: Province, conn: psycopg.Connection) -> None:
    tables = "select tablename from pg_tables where schemaname = 'staging' and tablename not in ('stg_new_submissions', 'stg_waiting_submissions')"
    names = [name for (name,) in conn.execute(tables).fetchall()]
    assert "stg_figures" in names
    before = {name: content(conn, name) for name in names}
    assert all(before[name] for name in ("stg_cells", "stg_rows", "stg_row_units", "stg_figures"))
    conn.rollback()
    province.dbt(*transform.STAGING, "--full-refresh")
    assert {name: content(conn, name) for name in names} == before


def content(conn: psycopg.Connection, table: str) -> list[str]:
    query = f"select cast(t as text) from staging.{table} as t order by 1"
    return [row for (row,) in conn.execute(query.encode()).fetchall()]


@pytest.mark.parametrize("table", MART_TABLES)
def test_a_mart_has_the_columns_types_and_key_of_what_readers_see(
    conn: psycopg.Connection, table: str
) -> None:
    published = columns(conn, "reporting", table)
    promised = {name: kind for name, kind in published.items() if name not in OWN_COLUMNS}
    assert columns(conn, "marts", f"mart_{table}") == promised
    assert primary_key(conn, "marts", f"mart_{table}") == primary_key(conn, "reporting", table) != []


def test_a_mart_checks_what_its_contract_promises(province: Province, conn: psycopg.Connection) -> None:
    """Put on a table once it is filled, by the project's own macro, checks could be forgotten."""
    promised = {
        model["name"]: sum(
            one["type"] == "check" for column in model["columns"].values() for one in column["constraints"]
        )
        for model in models(province)
        if model["schema"] == "marts"
    }
    assert {name: len(checks(conn, "marts", name)) for name in promised} == promised
    assert sum(promised.values()) > 10


def test_every_column_readers_see_is_commented(conn: psycopg.Connection) -> None:
    assert uncommented(conn) == set()


def test_comments_of_readers_are_those_of_the_marts(conn: psycopg.Connection) -> None:
    query = """
        select count(*), count(*) filter (where col_description(p.attrelid, p.attnum) is distinct from
            col_description(m.attrelid, m.attnum))
        from pg_attribute as p inner join pg_attribute as m on p.attname = m.attname
        where
            p.attrelid = to_regclass('reporting.' || %(table)s) and p.attnum > 0
            and m.attrelid = to_regclass('marts.mart_' || %(table)s) and m.attnum > 0
    """
    for table in MART_TABLES:
        compared, different = conn.execute(query, {"table": table}).fetchall()[0]
        assert compared > 5
        assert different == 0, table


def test_a_failure_names_a_log_that_tells_it_too(province: Province) -> None:
    with pytest.raises(
        KpiReportingError, match=r"(?s)dbt run-operation failed\. .*no_such_macro.* \(log: "
    ) as failure:
        province.dbt("run-operation", "no_such_macro")
    log = str(failure.value).rpartition("(log: ")[2].rstrip(")")
    assert "no_such_macro" in Path(log).read_text("utf-8")


def test_properties_list_the_columns_models_have(province: Province, conn: psycopg.Connection) -> None:
    """Names and types, of models that leave no table behind too."""
    province.dbt("compile")
    described, found = {}, {}
    for model in models(province):
        described[model["name"]] = {
            column["name"]: SHORT_TYPES.get(column["data_type"], column["data_type"])
            for column in model["columns"].values()
        }
        compiled = target(province) / "compiled" / model["package_name"] / model["original_file_path"]
        conn.execute(f"create temp view described as {compiled.read_text('utf-8')}".encode())
        found[model["name"]] = {
            name: kind for name, (kind, _) in columns(conn, "pg_temp", "described").items()
        }
        conn.execute("drop view pg_temp.described")
    assert found == described


def test_no_model_reads_the_files_for_which_nothing_is_computed_again(province: Province) -> None:
    read = {node for model in models(province) for node in model["depends_on"]["nodes"]}
    assert "seed.kpi_reporting.units" in read
    assert read & {f"seed.kpi_reporting.{name}" for name in transform.READ_BY_NO_MODEL} == set()


def test_no_view_stands_on_what_every_night_rebuilds(province: Province) -> None:
    """Rebuilding drops what depends on a table; two models rebuilt at once would wait for each other's views."""
    every = models(province)
    assert len(every) > 40
    rebuilt = {model["unique_id"] for model in every if model["config"]["materialized"] == "table"}
    views = [model for model in every if model["config"]["materialized"] == "view"]
    assert [view["name"] for view in views if rebuilt & set(view["depends_on"]["nodes"])] == []


def test_views_on_what_a_full_build_rebuilds_stand_in_one_line(province: Province) -> None:
    """Dropped with a table below them they are locked from below, so that no two models wait for each other."""
    every = models(province)
    rebuilt = {one["unique_id"] for one in every if one["config"]["materialized"] == "incremental"}
    views = {
        one["unique_id"]: set(one["depends_on"]["nodes"])
        for one in every
        if one["config"]["materialized"] == "view"
    }
    line = sorted(
        (one for one, nodes in views.items() if nodes & rebuilt),
        key=lambda one: len(views[one] & views.keys()),
    )
    assert all(lower in views[upper] for lower, upper in pairwise(line))
    assert len(line) > 1
