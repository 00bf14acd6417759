"""What rests on a stopped figure is held back with it, keeps its state and comes free with it."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from kpi_reporting.publish import Publication, publish
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.publish.derived_rows import (
    LINKS,
    NEW,
    OLD,
    OTHER_OLD,
    PROVINCE,
    carried,
    causes_of,
    compared,
    figure,
    progress,
    seen,
    stop,
    touched,
)
from tests.integration.publish.figures import computed, rows_as_text, tonight, with_changed

Publish = Callable[..., Publication | None]
CARRIED, COMPARISONS, PROGRESS = "kpi_values_on_current_boundaries", "kpi_comparisons", "target_progress"


@pytest.fixture
def publishes(conn: psycopg.Connection, registry: Registry) -> Publish:
    """Publish what is computed; figures by unit and period are stopped, and with ``only`` nothing else was touched."""

    def one(*stopped: tuple[str, str], only: tuple[tuple[str, str], ...] | None = None) -> Publication | None:
        night: Night = tonight(conn, registry)
        if only is not None:
            conn.execute("drop table if exists intermediate.int_touched_comparisons, "
                         "intermediate.int_touched_carried_figures, intermediate.int_touched_unit_periods")  # fmt: skip
            computed(conn, night, is_full=False)
            touched(conn, *only)
        for unit, period in stopped:
            stop(conn, night, unit, period)
        return publish(conn, night, registry)

    return one


@pytest.fixture
def merged(conn: psycopg.Connection, publishes: Publish) -> psycopg.Connection:
    """Two communes reported July and became one, which reported August; everything is published."""
    conn.execute(LINKS.encode())
    for unit, period, value in ((OLD, "M07", 10), (OTHER_OLD, "M07", 30), (NEW, "M08", 40), (PROVINCE, "M07", 20),
                                (PROVINCE, "M08", 40)):  # fmt: skip
        figure(conn, unit, period, value, target="T" if unit == PROVINCE else None)
    for unit, period in ((NEW, "Q3"), (OLD, "Q3")):
        figure(conn, unit, period, None, reason="not_comparable")
    figure(conn, PROVINCE, "Q3", 30)
    carried(conn, NEW, "M07", 20)
    carried(conn, PROVINCE, "M07", 20)
    carried(conn, NEW, "Q3", 30)
    carried(conn, PROVINCE, "Q3", 30)
    compared(conn, NEW, "M08", "M07", (40, 20), "current_boundaries")
    compared(conn, PROVINCE, "M08", "M07", (40, 20))
    progress(conn, PROVINCE, "M07", 0)
    progress(conn, PROVINCE, "M08", 0)
    publishes()
    return conn


def test_a_comparison_keeps_its_state_while_its_base_is_stopped(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    figure(merged, PROVINCE, "M07", 150)
    compared(merged, PROVINCE, "M08", "M07", (40, 150))
    publishes((PROVINCE, "M07"))
    assert seen(merged, COMPARISONS, PROVINCE, "M08") == (20, True)

    publishes()
    assert seen(merged, COMPARISONS, PROVINCE, "M08") == (-110, False)
    assert causes_of(merged, "kpi_comparison_issues", PROVINCE, "M08") == ["first", "stopped", "released"]


def test_and_while_its_own_figure_is_stopped(merged: psycopg.Connection, publishes: Publish) -> None:
    figure(merged, PROVINCE, "M08", 150, target="T")
    compared(merged, PROVINCE, "M08", "M07", (150, 20))
    progress(merged, PROVINCE, "M08", 1)
    publishes((PROVINCE, "M08"))
    assert seen(merged, COMPARISONS, PROVINCE, "M08") == (20, True)
    assert seen(merged, PROGRESS, PROVINCE, "M08") == (0, True)
    assert seen(merged, PROGRESS, PROVINCE, "M07") == (0, False)

    publishes()
    assert seen(merged, PROGRESS, PROVINCE, "M08") == (1, False)


def test_targets_are_not_held_back_for_a_figure_without_one(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    figure(merged, PROVINCE, "Q3", 150)
    progress(merged, PROVINCE, "Q3", 1)
    publishes((PROVINCE, "Q3"))
    assert seen(merged, PROGRESS, PROVINCE, "Q3") == (1, False)


def test_a_carried_figure_rests_on_those_of_the_units_that_became_it(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    figure(merged, OLD, "M07", 150)
    figure(merged, PROVINCE, "M07", 60, target="T")
    for unit, value in ((NEW, 90), (PROVINCE, 60)):
        carried(merged, unit, "M07", value)
        carried(merged, unit, "Q3", value)
    compared(merged, NEW, "M08", "M07", (40, 90), "current_boundaries")
    publishes((OLD, "M07"))

    assert seen(merged, CARRIED, NEW, "M07") == (20, True)
    # A quarter over the merger has no figure of its own that could have been judged.
    assert seen(merged, CARRIED, NEW, "Q3") == (30, True)
    assert seen(merged, COMPARISONS, NEW, "M08") == (20, True)
    # The sum above was judged itself, and passed.
    assert seen(merged, CARRIED, PROVINCE, "M07") == (60, False)
    assert seen(merged, CARRIED, PROVINCE, "Q3") == (60, False)
    assert stale_in_the_series(merged) == {(NEW, "M07"), (NEW, "Q3")}

    publishes(only=())
    assert seen(merged, CARRIED, NEW, "M07") == (90, False)
    assert seen(merged, CARRIED, NEW, "Q3") == (90, False)
    assert seen(merged, COMPARISONS, NEW, "M08") == (-50, False)
    assert stale_in_the_series(merged) == set()


def stale_in_the_series(conn: psycopg.Connection) -> set[tuple[str, str]]:
    found = conn.execute("select unit_id, period_code from reporting.kpi_series where is_stale").fetchall()
    return {(unit, period) for unit, period in found}


def test_a_stopped_sum_holds_back_itself_on_current_boundaries_and_nobody_below(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    figure(merged, PROVINCE, "M07", 150)
    carried(merged, PROVINCE, "M07", 150)
    carried(merged, NEW, "M07", 50)
    publishes((PROVINCE, "M07"))
    assert seen(merged, CARRIED, PROVINCE, "M07") == (20, True)
    assert seen(merged, CARRIED, NEW, "M07") == (50, False)


def test_a_base_on_current_boundaries_does_not_count_where_the_unit_reported_itself(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    merged.execute(
        "insert into intermediate.int_current_crosswalk values (%s, %s)", ("4@2020-01-01", PROVINCE)
    )
    figure(merged, "4@2020-01-01", "M07", 150)
    carried(merged, PROVINCE, "M07", 90)
    compared(merged, PROVINCE, "M08", "M07", (41, 20))
    publishes(("4@2020-01-01", "M07"))
    assert seen(merged, CARRIED, PROVINCE, "M07") == (20, True)
    assert seen(merged, COMPARISONS, PROVINCE, "M08") == (21, False)


def test_a_fresh_figure_is_not_compared_with_one_that_was_stopped_before(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    figure(merged, PROVINCE, "M08", 150, target="T")
    compared(merged, PROVINCE, "M08", "M07", (150, 20))
    publishes((PROVINCE, "M08"), only=((PROVINCE, "M08"),))

    figure(merged, PROVINCE, "M09", 50)
    compared(merged, PROVINCE, "M09", "M08", (50, 150))
    publishes((PROVINCE, "M08"), only=((PROVINCE, "M09"),))
    assert seen(merged, COMPARISONS, PROVINCE, "M09") is None

    publishes(only=())
    assert seen(merged, COMPARISONS, PROVINCE, "M09") == (-100, False)
    assert seen(merged, COMPARISONS, PROVINCE, "M08") == (130, False)


def test_a_figure_that_never_passed_and_what_rests_on_it_come_free_together(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    figure(merged, PROVINCE, "M09", 150, target="T")
    compared(merged, PROVINCE, "M09", "M08", (150, 40))
    progress(merged, PROVINCE, "M09", 1)
    publishes((PROVINCE, "M09"), only=((PROVINCE, "M09"),))
    assert seen(merged, COMPARISONS, PROVINCE, "M09") is None
    assert seen(merged, PROGRESS, PROVINCE, "M09") is None

    publishes(only=())
    assert merged.execute("select value from reporting.kpi_values where period_code = 'M09'").fetchall() == [
        (150,)
    ]
    assert seen(merged, COMPARISONS, PROVINCE, "M09") == (110, False)
    assert seen(merged, PROGRESS, PROVINCE, "M09") == (1, False)


def test_a_row_that_is_gone_goes_whatever_is_stopped(merged: psycopg.Connection, publishes: Publish) -> None:
    merged.execute(
        "delete from marts.mart_kpi_values where (unit_id, period_code) = (%s, 'M08')", (PROVINCE,)
    )
    merged.execute("delete from marts.mart_kpi_comparisons where unit_id = %s", (PROVINCE,))
    figure(merged, PROVINCE, "M07", 150)
    publishes((PROVINCE, "M07"))
    assert seen(merged, COMPARISONS, PROVINCE, "M08") is None
    assert causes_of(merged, "kpi_comparison_issues", PROVINCE, "M08") == ["first", "removed"]


def test_nothing_more_is_compared_than_what_was_touched(
    merged: psycopg.Connection, publishes: Publish
) -> None:
    compared(merged, PROVINCE, "M08", "M07", (41, 20))
    compared(merged, NEW, "M08", "M07", (41, 20), "current_boundaries")
    publishes(only=((NEW, "M08"),))
    assert seen(merged, COMPARISONS, NEW, "M08") == (21, False)
    assert seen(merged, COMPARISONS, PROVINCE, "M08") == (20, False)


def test_the_cause_is_that_of_the_figures(merged: psycopg.Connection, publishes: Publish) -> None:
    figure(merged, OLD, "M07", 11)
    carried(merged, NEW, "M07", 21)
    carried(merged, NEW, "Q3", 31)
    compared(merged, NEW, "M08", "M07", (40, 21), "current_boundaries")
    merged.execute("update marts.mart_kpi_values set formula_version = 2 where unit_id = %s", (OLD,))
    figure(merged, PROVINCE, "M08", 40, target="T2")
    progress(merged, PROVINCE, "M08", 1)
    # Nothing it rests on as what it is changed, but what it is the sum of did.
    carried(merged, PROVINCE, "M07", 25)
    publishes()
    assert causes_of(merged, f"{CARRIED}_issues", NEW, "M07")[-1] == "formula"
    assert causes_of(merged, f"{CARRIED}_issues", NEW, "Q3")[-1] == "formula"
    assert causes_of(merged, f"{CARRIED}_issues", PROVINCE, "M07")[-1] == "formula"
    assert causes_of(merged, "kpi_comparison_issues", NEW, "M08")[-1] == "formula"
    assert causes_of(merged, "target_progress_issues", PROVINCE, "M08")[-1] == "target"


def test_without_a_figure_that_changed_it_is_the_registry_or_the_models(
    merged: psycopg.Connection, registry: Registry
) -> None:
    carried(merged, NEW, "M07", 22)
    publish(merged, tonight(merged, registry), with_changed(registry, "unit_shares"))
    assert causes_of(merged, f"{CARRIED}_issues", NEW, "M07")[-1] == "unit_event"
    carried(merged, NEW, "M07", 23)
    night = tonight(merged, registry)
    again = with_changed(registry)
    merged.execute("update reporting.publications set registry_files = null")
    publish(merged, night, again)
    assert causes_of(merged, f"{CARRIED}_issues", NEW, "M07")[-1] == "recomputed"


def test_every_state_can_be_read_back(merged: psycopg.Connection, publishes: Publish) -> None:
    tables = (CARRIED, COMPARISONS, PROGRESS, "kpi_series")
    row = merged.execute("select max(publication_id) from reporting.publications").fetchone()
    assert row is not None
    before = {name: rows_as_text(merged, f"reporting.{name}") for name in tables}
    figure(merged, OLD, "M07", 11)
    carried(merged, NEW, "M07", 21)
    merged.execute("delete from marts.mart_kpi_values_on_current_boundaries where period_code = 'Q3'")
    compared(merged, PROVINCE, "M08", "M07", (41, 20))
    progress(merged, PROVINCE, "M07", 1)
    publishes((OTHER_OLD, "M07"))
    for name in tables:
        now = rows_as_text(merged, f"reporting.{name}")
        assert now != before[name]
        assert rows_as_text(merged, f"reporting.{name}_as_of({row[0]})") == before[name]
        assert rows_as_text(merged, f"reporting.{name}_as_of({row[0] + 1})") == now
        assert rows_as_text(merged, f"reporting.{name}_at(now() + interval '1 hour')") == now
