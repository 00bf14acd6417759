"""A warehouse with three published figures to start from."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.warehouse import connect
from tests.integration.publish.figures import (
    COMMUNE,
    DERIVED,
    FIGURE,
    OBSERVATION,
    PROJECT,
    TABLES,
    UNIT,
    tonight,
)

# Candidates have the columns of what readers see, but for those that a publication fills itself.
MARTS = """
create table marts.mart_{name} as select * from reporting.{name} limit 0;
alter table marts.mart_{name} drop column publication_id;
"""
# What became of units and periods, as the models know it, and what was judged tonight.
LINKS = """
create table marts.mart_exit_candidates (
    kpi_code text, formula_code text, unit_id text, calendar_code text, period_code text
);
create table intermediate.int_current_crosswalk (unit_id text, current_unit_id text);
create table intermediate.int_carried_shares (unit_id text, current_unit_id text);
create table intermediate.int_past_windows (
    formula_code text, calendar_code text, period_code text, part_code text
);
create table intermediate.int_same_territories (unit_id text, earlier_unit_id text);
create table intermediate.int_period_bases (
    calendar_code text, period_code text, compared_with text, base_period_code text
);
"""
# Whatever KPI a test computes, the registry has it.
KNOWN_KPIS = """
create function marts.know_kpi() returns trigger language plpgsql as $$
begin
    insert into marts.mart_kpis (
        kpi_code, formula_code, formula_version, name_vi, name_en, unit_of_measure, decimals, direction, quantified,
        is_primary, sort_order, confirmed
    )
    select
        new.kpi_code, new.formula_code, new.formula_version, new.kpi_code, new.kpi_code, new.unit_of_measure, 2,
        'higher', true, true, 1, true
    where not exists (
        select from marts.mart_kpis as k
        where (k.kpi_code, k.formula_code, k.formula_version) = (new.kpi_code, new.formula_code, new.formula_version)
    );
    return new;
end $$;
create trigger know_kpi after insert or update on marts.mart_kpi_values
for each row execute function marts.know_kpi();
"""
# Everything published hangs on the publications.
EMPTY = """
truncate reporting.publications, raw.computations, raw.submission_states, quality.findings, quality.blocked_figures,
    marts.mart_kpi_values, marts.mart_indicator_values, marts.mart_obligations,
    marts.mart_exit_candidates, marts.mart_kpi_values_on_current_boundaries, marts.mart_kpi_comparisons, marts.mart_target_progress,
    intermediate.int_current_crosswalk, intermediate.int_carried_shares, intermediate.int_past_windows,
    intermediate.int_same_territories, intermediate.int_period_bases
restart identity cascade;
drop table if exists intermediate.int_touched_figures, intermediate.int_touched_cells,
    intermediate.int_touched_obligations, intermediate.int_touched_carried_figures,
    intermediate.int_touched_comparisons, intermediate.int_touched_unit_periods;
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")


@pytest.fixture(scope="module")
def warehouse(warehouse_dsn: str) -> str:
    with connect(warehouse_dsn) as conn:
        for name in TABLES:
            conn.execute(MARTS.format(name=name).encode())
        for name in ("kpi_values", *DERIVED):
            conn.execute(f"alter table marts.mart_{name} drop column revision, drop column is_stale".encode())
        conn.execute(LINKS.encode())
        conn.execute(KNOWN_KPIS.encode())
        conn.execute(
            "alter table marts.mart_indicator_values add primary key "
            "(indicator_code, breakdown_code, observation_kind, unit_id, calendar_code, period_code)"
        )
        conn.execute("comment on column marts.mart_kpi_values.value is 'Value of the KPI.'")
        conn.execute(
            "insert into marts.mart_units (unit_id, unit_code, kind, name_vi, sort_key, valid_from, confirmed) "
            "values (%s, '38', 'province', 'Tỉnh Thanh Hóa', 'x', '2020-10-06', true)",
            (UNIT,),
        )
        conn.execute(
            "insert into marts.mart_periods values ('administrative','2025-M07','month',2025,7,'2025-06-15','2025-07-14')"
        )
    return warehouse_dsn


@pytest.fixture
def conn(warehouse: str, registry: Registry) -> Iterator[psycopg.Connection]:
    """Three published figures to start from."""
    with connect(warehouse) as conn:
        conn.execute(EMPTY.encode())
        conn.execute(OBSERVATION, ("dossiers.received_post", COMMUNE, 1, 0))
        for kpi, value in (("A", "75"), ("B", "60"), ("C", None)):
            conn.execute(FIGURE, (kpi, "2025-M07", value))
        publish(conn, tonight(conn, registry), registry)
        conn.commit()
        yield conn
