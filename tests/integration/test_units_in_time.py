"""What readers are told about units that changed: what became of whom, and which codes mean several territories."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.registry.resolve_units import resolved_boundaries, resolved_crosswalk
from kpi_reporting.settings import Settings
from kpi_reporting.text import sort_key
from kpi_reporting.warehouse import connect
from tests.workbooks import THANH_HOA

PUBLICATION = """
insert into reporting.publications (
    night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
) values ('n', '2025-08-06 01:00+07', 'r', 'c', 1, 0, 0)
"""
UNITS = "copy reporting.units (unit_id, unit_code, kind, name_vi, sort_key, valid_from, valid_to, confirmed, publication_id) from stdin"
CROSSWALK = """
copy reporting.unit_crosswalk (
    from_unit_id, to_unit_id, share_kind, valid_from, valid_to, share, is_same_territory, confirmed, publication_id
) from stdin
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(THANH_HOA)


@pytest.fixture(scope="module")
def published(warehouse_dsn: str, registry: Registry) -> str:
    until = {one.first_day: one.last_day for one in resolved_boundaries(registry)}
    with connect(warehouse_dsn) as conn, conn.cursor() as cursor:
        cursor.execute(PUBLICATION.encode())
        with cursor.copy(UNITS.encode()) as copy:
            for unit in registry.units:
                key = sort_key(unit.name_vi)
                days = (unit.valid_from, unit.valid_to)
                copy.write_row(
                    (unit.unit_id, unit.code, unit.kind, unit.name_vi, key, *days, unit.confirmed, 1)
                )
        with cursor.copy(CROSSWALK.encode()) as copy:
            for row in resolved_crosswalk(registry):
                days = (row.valid_on, until[row.valid_on])
                sides = (row.from_unit_id, row.to_unit_id, row.share_kind)
                copy.write_row((*sides, *days, row.share, row.is_same_territory, row.confirmed, 1))
        cursor.execute("analyze reporting.units, reporting.unit_crosswalk")
    return warehouse_dsn


@pytest.fixture
def reader(published: str, settings: Settings) -> Iterator[psycopg.Connection]:
    with connect(settings.reader_dsn("thanh_hoa")) as conn:
        yield conn


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("14848@2024-11-01", "14848@2025-07-01", "same territory"),
        ("14761@2024-11-01", "14761@2025-01-01", "same territory"),
        ("14761@2024-11-01", "14758@2025-07-01", "merged into"),
        ("14758@2025-07-01", "14761@2024-11-01", "merged into"),
        ("14758@2025-01-01", "14758@2025-07-01", "not comparable"),
        ("14758@2025-01-01", "14797@2025-07-01", "not comparable"),
        ("14755@2025-01-01", "14761@2025-01-01", "not comparable"),
        ("14788@2024-11-01", "14788@2025-07-01", "not comparable"),
        ("nobody@2025-07-01", "nobody@2025-07-01", "not comparable"),
    ],
)
def test_two_units_are_compared_by_what_became_of_them(
    reader: psycopg.Connection, one: str, other: str, relation: str
) -> None:
    assert reader.execute("select reporting.comparable(%s, %s)", (one, other)).fetchone() == (relation,)


def test_a_known_share_makes_a_split_comparable_by_its_own_measure(published: str) -> None:
    with connect(published) as conn:
        conn.execute(
            """
            insert into reporting.unit_crosswalk
            select from_unit_id, to_unit_id, 'population', valid_from, valid_to, 0.4, false, false, publication_id
            from reporting.unit_crosswalk
            where from_unit_id = '14758@2025-01-01' and to_unit_id = '14797@2025-07-01'
            """
        )
        asked = "select reporting.comparable('14758@2025-01-01', '14797@2025-07-01', %s)"
        assert conn.execute(asked, ("population",)).fetchone() == ("split",)
        assert conn.execute(asked, ("event",)).fetchone() == ("not comparable",)
        conn.rollback()


def test_a_code_lists_every_territory_it_ever_meant(reader: psycopg.Connection) -> None:
    query = "select unit_id, name_vi, is_same_territory from reporting.units_by_code(%s)"
    assert reader.execute(query, ("14758",)).fetchall() == [
        ("14758@2024-11-01", "Phường Đông Thọ", False),
        ("14758@2025-01-01", "Phường Đông Thọ", False),
        ("14758@2025-07-01", "Phường Hàm Rồng", True),
    ]
    assert [same for _, _, same in reader.execute(query, ("14848",)).fetchall()] == [True, True]
    assert reader.execute(query, ("99999",)).fetchall() == []


def test_a_comparison_by_raw_code_over_july_2025_is_flagged_where_the_territory_changed(
    reader: psycopg.Connection, registry: Registry
) -> None:
    """A join by code of June and July: what the warnings list is exactly what is not the same place."""
    flagged = {
        code
        for (code,) in reader.execute(
            "select unit_code from reporting.code_warnings where valid_to >= '2025-06-30' and later_valid_from = '2025-07-01'"
        ).fetchall()
    }
    joined = reader.execute(
        """
        select june.unit_code, reporting.comparable(june.unit_id, july.unit_id)
        from reporting.units as june inner join reporting.units as july using (unit_code)
        where june.valid_to = '2025-06-30' and july.valid_from = '2025-07-01'
        """
    ).fetchall()
    kept = {event.to_unit_id for event in registry.unit_events if event.kind in ("move", "rename")}
    assert len(joined) == 166
    assert {code for code, relation in joined if relation != "same territory"} == flagged
    assert {code for code, _ in joined} - flagged == {
        str(unit).partition("@")[0] for unit in kept if str(unit).endswith("@2025-07-01")
    }


def test_figures_of_old_units_add_up_on_new_boundaries_only_over_known_shares(
    reader: psycopg.Connection,
) -> None:
    query = """
        select count(*), count(share), bool_and(share = 1) from reporting.unit_crosswalk
        where to_unit_id = %s and share_kind = 'event' and '2025-08-01' between valid_from and coalesce(valid_to, 'infinity')
            and from_unit_id in (select unit_id from reporting.units where valid_to = '2025-06-30')
    """
    assert reader.execute(query.encode(), ("14758@2025-07-01",)).fetchone() == (5, 4, True)
