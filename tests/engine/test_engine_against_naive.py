"""The real chain over random provinces, beside the naive implementation: every row, every column, no tolerance.

A province is drawn from its seed, which stands in the name of the test, so a failure is run again by its name.
KPI_ENGINE_EXAMPLES says how many provinces there are; a night takes seconds, so a drawn province is not shrunk.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from kpi_reporting.checks import Withdrawal, record_withdrawal
from kpi_reporting.warehouse import connect
from tests.engine.comparison import (
    Derived,
    Rows,
    derived,
    differences,
    expected,
    expected_comparisons,
    expected_on_current_boundaries,
    published,
)
from tests.engine.files import drop, write_registry
from tests.engine.ledgers import NIGHTS, Filing, province, without_what_was_taken_back
from tests.engine.targets import COUNTED, progress
from tests.engine.worlds import Registry
from tests.golden.chain import run_night, settings_for

EXAMPLES = int(os.environ.get("KPI_ENGINE_EXAMPLES", "3"))
LAST = len(NIGHTS) - 1

_REBUILT = ("staging", "intermediate", "marts")
_KEPT = ("raw", "quality", "reporting", "national")
_TABLES_OF = "select format('%%I.%%I', schemaname, tablename) from pg_tables where schemaname = any(%s)"
_REFUSED = """
    select s.file_name, t.state, t.reason from raw.submission_states as t
    inner join raw.submissions as s using (submission_id)
    where t.state not in ('received', 'read', 'accepted', 'superseded', 'withdrawn')
"""
_IN_FORCE = """
    select s.file_name, t.submission_id
    from (
        select distinct on (submission_id) submission_id, state from raw.submission_states
        order by submission_id, state_seq desc
    ) as t
    inner join raw.submissions as s using (submission_id)
    where t.state = 'accepted'
"""


@dataclass(frozen=True)
class Outcome:
    """What was published of a province: after each of several nights, and after a single one that saw everything, run
    again for what was taken back: only what is in force can be.

    ``derived`` is what other tables made of its figures, after the last of the nights and after the single one.
    """

    registry: Registry
    filings: list[Filing]
    nights: list[Rows]
    at_once: Rows
    derived: tuple[Derived, Derived]


class Chain:
    """The real chain over one registry, from an empty warehouse on."""

    def __init__(self, dsn: str, place: Path, registry: Registry) -> None:
        self._dsn, self._settings, self._inbox = emptied(dsn), settings_for(dsn, place), place / "inbox"
        self._registry = write_registry(place, registry)

    def night(self, place: int, filings: Sequence[Filing]) -> Rows:
        """Let the new filings arrive and the others be withdrawn, run a night, and return what readers see then."""
        self._withdraw([filing for filing in filings if filing.taken_back == place - 1])
        drop(self._inbox, [filing for filing in filings if filing.seen == place])
        said = run_night(self._settings, self._registry, self._inbox, NIGHTS[place].isoformat())
        assert said["failed_sources"] == []
        with connect(self._dsn) as conn:
            assert conn.execute(_REFUSED).fetchall() == []
            return published(conn)

    def once_more(self, place: int, filings: Sequence[Filing]) -> Rows:
        """Run a night again once what is in force and was ever taken back is withdrawn."""
        in_force = self._in_force()
        self._withdraw(
            [filing for filing in filings if filing.taken_back is not None and filing.name in in_force]
        )
        return self.night(place, [])

    def _in_force(self) -> dict[str, int]:
        with connect(self._dsn) as conn:
            return dict(conn.execute(_IN_FORCE).fetchall())

    def _withdraw(self, filings: Sequence[Filing]) -> None:
        submissions = self._in_force()
        with connect(self._dsn) as conn:
            for one in filings:
                asked_at = NIGHTS[one.taken_back or 0] + timedelta(seconds=one.number)
                act = Withdrawal(submissions[one.name], "sender", asked_at, "wrong", "clerk")
                record_withdrawal(conn, act)

    def derived(self) -> Derived:
        """Return what the last night made of its figures."""
        with connect(self._dsn) as conn:
            return derived(conn)


def emptied(warehouse_dsn: str) -> str:
    """Leave no trace of the province before in the module's warehouse."""
    with connect(warehouse_dsn) as conn:
        for schema in _REBUILT:
            conn.execute(f"drop schema if exists {schema} cascade")
            conn.execute(f"create schema {schema}")
        tables = [name for (name,) in conn.execute(_TABLES_OF, (list(_KEPT),)).fetchall()]
        conn.execute(f"truncate {', '.join(tables)} restart identity cascade")
    return warehouse_dsn


@pytest.fixture(scope="module", params=range(1, EXAMPLES + 1), ids="province_{}".format)
def outcome(
    request: pytest.FixtureRequest, warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """Run a province twice: its filings late and out of order over several nights, and all in one night."""
    registry, filings = province(request.param)
    chain = Chain(warehouse_dsn, tmp_path_factory.mktemp("nights"), registry)
    nights = [chain.night(place, filings) for place in range(len(NIGHTS))]
    after_nights = chain.derived()
    # Nobody takes back in one night what is replaced in it, and it would count as the first that came.
    arrived = [replace(filing, seen=LAST) for filing in without_what_was_taken_back(filings)]
    single = Chain(warehouse_dsn, tmp_path_factory.mktemp("at-once"), registry)
    single.night(LAST, [replace(filing, taken_back=None) for filing in arrived])
    at_once = single.once_more(LAST, arrived)
    return Outcome(registry, filings, nights, at_once, (after_nights, single.derived()))


def demand_equal(outcome: Outcome, found: Rows, wanted: Rows, names: tuple[str, str]) -> None:
    """Fail with the rows that differ, and without a traceback that would bury them."""
    text = differences(outcome.registry, found, wanted, names)
    if text:
        pytest.fail(text, pytrace=False)


def test_a_night_over_all_filings_publishes_the_naive_rows(outcome: Outcome) -> None:
    wanted = expected(outcome.registry, outcome.filings, NIGHTS[LAST])
    demand_equal(outcome, outcome.at_once, wanted, ("published", "naive"))


@pytest.mark.parametrize("place", range(len(NIGHTS)), ids="night_{}".format)
def test_each_of_several_nights_publishes_the_naive_rows(outcome: Outcome, place: int) -> None:
    arrived = [filing for filing in outcome.filings if filing.seen <= place]
    wanted = expected(outcome.registry, arrived, NIGHTS[place])
    demand_equal(outcome, outcome.nights[place], wanted, ("published", "naive"))


def test_figures_on_current_boundaries_are_the_naive_ones(outcome: Outcome) -> None:
    wanted = expected_on_current_boundaries(outcome.registry, outcome.filings, NIGHTS[LAST])
    for made in outcome.derived:
        assert made.carried.keys() == wanted.keys()
        wrong = {key: (made.carried[key], row) for key, row in wanted.items() if made.carried[key] != row}
        assert [list(wrong.items())[:5], len(wrong)] == [[], 0]


def test_figures_are_compared_as_the_naive_ones_are(outcome: Outcome) -> None:
    found = outcome.derived[1].comparisons
    figures = expected(outcome.registry, outcome.filings, NIGHTS[LAST])
    carried = expected_on_current_boundaries(outcome.registry, outcome.filings, NIGHTS[LAST])
    wanted = expected_comparisons(outcome.registry, figures, carried)
    seen = {(row["basis"], row["status"], row["status_reason"]) for row in wanted.values()}
    assert seen >= {
        ("as_reported", "comparable", None),
        ("current_boundaries", "comparable", None),
        ("as_reported", "not_comparable", "formula_version"),
        (None, "no_base", "no_figure"),
    }
    assert found.keys() == wanted.keys()
    wrong = {key: (found[key], row) for key, row in wanted.items() if found[key] != row}
    assert [list(wrong.items())[:5], len(wrong)] == [[], 0]


def test_targets_are_counted_as_the_naive_ones_are(outcome: Outcome) -> None:
    wanted = progress(expected(outcome.registry, outcome.filings, NIGHTS[LAST]))
    assert all(sum(row[f"targets_{name}"] for row in wanted.values()) > 0 for name in COUNTED)
    found = outcome.derived[1].progress
    assert found.keys() == wanted.keys()
    wrong = {key: (found[key], row) for key, row in wanted.items() if found[key] != row}
    assert [list(wrong.items())[:5], len(wrong)] == [[], 0]


def test_the_order_of_arrival_changes_no_published_row(outcome: Outcome) -> None:
    demand_equal(outcome, outcome.nights[LAST], outcome.at_once, ("in nights", "at once"))


def test_nor_does_it_in_what_is_made_of_figures_and_filings(outcome: Outcome) -> None:
    in_nights, at_once = outcome.derived
    assert {name: len(rows) for name, rows in at_once.rows.items() if not rows} == {}
    for name, rows in at_once.rows.items():
        assert in_nights.rows[name] - rows == rows - in_nights.rows[name] == set(), name


def test_the_province_has_on_current_boundaries_what_it_has_as_reported(outcome: Outcome) -> None:
    """Whatever became of its units, all of them lie in it."""
    assert outcome.derived[1].province_rows > 10
    assert outcome.derived[1].province_otherwise == []
