"""The real chain over random provinces, beside the naive implementation: every row, every column, no tolerance.

A province is drawn from its seed, which stands in the name of the test, so a failure is run again by its name.
KPI_ENGINE_EXAMPLES says how many provinces there are; a night takes seconds, so a drawn province is not shrunk.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kpi_reporting.warehouse import connect
from tests.engine.comparison import Rows, differences, expected, published
from tests.engine.files import drop, write_registry
from tests.engine.ledgers import NIGHTS, Filing, province
from tests.engine.worlds import Registry
from tests.golden.chain import run_night, settings_for

EXAMPLES = int(os.environ.get("KPI_ENGINE_EXAMPLES", "3"))
SEEDS = range(1, EXAMPLES + 1)

_REBUILT = ("staging", "intermediate", "marts")
_KEPT = ("raw", "quality", "reporting", "national")
_TABLES_OF = "select format('%%I.%%I', schemaname, tablename) from pg_tables where schemaname = any(%s)"


@pytest.fixture(scope="module")
def dbt_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all provinces, so that dbt parses its project once."""
    return tmp_path_factory.mktemp("engine")


def emptied(warehouse_dsn: str) -> str:
    """Leave no trace of the province before in the module's warehouse."""
    with connect(warehouse_dsn) as conn:
        for schema in _REBUILT:
            conn.execute(f"drop schema if exists {schema} cascade")
            conn.execute(f"create schema {schema}")
        tables = [name for (name,) in conn.execute(_TABLES_OF, (list(_KEPT),)).fetchall()]
        conn.execute(f"truncate {', '.join(tables)} restart identity cascade")
    return warehouse_dsn


class Chain:
    """The real chain over one registry, from an empty warehouse on."""

    def __init__(self, dsn: str, home: Path, place: Path, registry: Registry) -> None:
        place.mkdir()
        self._dsn, self._settings, self._inbox = emptied(dsn), settings_for(dsn, home), place / "inbox"
        self._registry = write_registry(place, registry)

    def night(self, place: int, filings: Sequence[Filing]) -> Rows:
        """Let the new filings arrive, run a night, and return what readers see then."""
        drop(self._inbox, [filing for filing in filings if filing.seen == place])
        said = run_night(self._settings, self._registry, self._inbox, NIGHTS[place].isoformat())
        assert said["failed_sources"] == []
        with connect(self._dsn) as conn:
            refused = conn.execute(_REFUSED).fetchall()
            assert refused == []
            return published(conn)


_REFUSED = """
    select s.file_name, t.state, t.reason from raw.submission_states as t
    inner join raw.submissions as s using (submission_id)
    where t.state not in ('received', 'read', 'accepted', 'superseded')
"""


def demand_equal(registry: Registry, found: Rows, wanted: Rows, where: str) -> None:
    """Fail with the rows that differ, and without a traceback that would bury them."""
    text = differences(registry, found, wanted)
    if text:
        pytest.fail(f"{where}: {text}", pytrace=False)


@pytest.mark.parametrize("seed", SEEDS, ids="province_{}".format)
def test_every_published_row_is_the_naive_one_and_no_order_of_arrival_changes_it(
    seed: int, warehouse_dsn: str, dbt_home: Path, tmp_path: Path
) -> None:
    registry, filings = province(seed)
    chain = Chain(warehouse_dsn, dbt_home, tmp_path / "nights", registry)
    for place, as_of in enumerate(NIGHTS):
        found = chain.night(place, filings)
        arrived = [filing for filing in filings if filing.seen <= place]
        demand_equal(registry, found, expected(registry, arrived, as_of), f"night of {as_of:%Y-%m-%d}")

    at_once = [replace(filing, seen=len(NIGHTS) - 1) for filing in filings]
    again = Chain(warehouse_dsn, dbt_home, tmp_path / "one-night", registry).night(len(NIGHTS) - 1, at_once)
    demand_equal(registry, again, found, "everything in one night, beside several nights")
