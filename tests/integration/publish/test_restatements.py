"""The log of values that changed after readers saw them, and the register of those the national system has."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest

from kpi_reporting.national import enqueue, prepare_signoff, record_decision
from kpi_reporting.publish import publish
from kpi_reporting.registry import Registry
from tests.integration.publish.figures import UNIT, block, change, tonight
from tests.integration.published import NOW

KPI = {"A": Decimal("0.5"), "B": Decimal(2)}


@pytest.fixture
def thresholds(registry: Registry) -> Registry:
    """The registry with KPIs that say from when on a change is material; C does not."""
    some = registry.kpis[0]
    named = [some.model_copy(update={"kpi_code": code, "material_change": KPI[code]}) for code in KPI]
    return replace(registry, kpis=(*registry.kpis, *named))


def log(conn: psycopg.Connection, kpi: str, columns: str) -> list[tuple[object, ...]]:
    query = f"select {columns} from reporting.restatements where kpi_code = %s order by revision"
    return conn.execute(query.encode(), (kpi,)).fetchall()


def sign(conn: psycopg.Connection) -> int:
    """Sign off the newest publication, and queue its messages."""
    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)
    enqueue(conn, signoff.publication_id)
    return signoff.publication_id


def deliver(conn: psycopg.Connection) -> None:
    """Let the national system accept whatever is queued."""
    conn.execute(
        "insert into national.deliveries (message_id, state, attempted_at) "
        "select message_id, 'accepted', now() from national.outbox as o "
        "where not exists (select from national.deliveries as d where d.message_id = o.message_id and d.state = 'accepted')"
    )


def test_a_changed_value_is_logged_with_both_states_and_its_difference(
    conn: psycopg.Connection, registry: Registry
) -> None:
    change(conn, "A", "value = 74.5, numerator = 74.5, data_state = 'partial'")
    publication = publish(conn, tonight(conn, registry), registry)
    assert publication is not None
    assert log(
        conn, "A",
        "revision, publication_id, cause, is_removed, old_value, new_value, old_numerator, new_numerator, "
        "old_denominator, new_denominator, old_data_state, new_data_state, difference, difference_unit",
    ) == [
        (2, publication.publication_id, "recomputed", False, 75, Decimal("74.5"), 75, Decimal("74.5"), 100, 100,
         "complete", "partial", Decimal("-0.5"), "percentage points"),
    ]  # fmt: skip


def test_what_readers_had_not_seen_or_what_stayed_is_no_restatement(
    conn: psycopg.Connection, registry: Registry
) -> None:
    change(conn, "C", "value = 5")
    change(conn, "A", "target_status = 'reached'")
    change(conn, "B", "value = 170")
    night = tonight(conn, registry)
    block(conn, night, "B")
    publish(conn, night, registry)
    assert [log(conn, kpi, "1") for kpi in "ABC"] == [[], [], []]


def test_a_difference_has_the_unit_of_the_kpi(conn: psycopg.Connection, registry: Registry) -> None:
    change(conn, "A", "unit_of_measure = 'đơn vị/huyện'")
    publish(conn, tonight(conn, registry), registry)
    change(conn, "A", "value = 76")
    publish(conn, tonight(conn, registry), registry)
    assert log(conn, "A", "difference, difference_unit") == [(1, "đơn vị/huyện")]


def test_a_removed_figure_is_a_restatement_and_its_return_is_not(
    conn: psycopg.Connection, registry: Registry
) -> None:
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'A'")
    publish(conn, tonight(conn, registry), registry)
    columns = "is_removed, old_value, new_value, difference, new_data_state, material_reasons"
    assert log(conn, "A", columns) == [(True, 75, None, None, None, ["any_change", "value_gone"])]


@pytest.mark.parametrize(
    ("kpi", "assignment", "reasons"),
    [
        ("A", "value = value + 0.49", []),
        ("A", "value = value - 0.5", ["threshold"]),
        ("A", "value = null, data_state = 'absent'", ["value_gone"]),
        ("A", "value = value + 0.1, target_status = 'reached'", ["target"]),
        ("A", "value = value + 0.1, target_status = 'on_track'", []),
        ("B", "value = value + 1", []),
        ("C", "value = value + 0.01", ["any_change"]),
    ],
)
def test_what_is_material_is_a_rule_of_the_kpi(
    conn: psycopg.Connection, thresholds: Registry, kpi: str, assignment: str, reasons: list[str]
) -> None:
    change(conn, "C", "value = 50")
    publish(conn, tonight(conn, thresholds), thresholds)
    change(conn, kpi, assignment)
    publish(conn, tonight(conn, thresholds), thresholds)
    assert log(conn, kpi, "is_material, material_reasons") == [(reasons != [], reasons)]


def test_small_steps_away_from_what_was_signed_add_up(conn: psycopg.Connection, thresholds: Registry) -> None:
    sign(conn)
    for _ in range(3):
        change(conn, "A", "value = value + 0.2")
        publish(conn, tonight(conn, thresholds), thresholds)
    assert log(conn, "A", "difference, signed_value, is_material") == [
        (Decimal("0.2"), 75, False), (Decimal("0.2"), 75, False), (Decimal("0.2"), 75, True),
    ]  # fmt: skip


def test_a_figure_the_national_system_has_is_material_and_stands_in_the_register(
    conn: psycopg.Connection, thresholds: Registry
) -> None:
    sign(conn)
    change(conn, "A", "value = value + 0.1")
    publish(conn, tonight(conn, thresholds), thresholds)
    assert log(conn, "A", "was_delivered, material_reasons") == [(False, [])]
    sign(conn)
    deliver(conn)
    assert divergences(conn) == []

    change(conn, "A", "value = 74, is_primary = true")
    change(conn, "B", "value = 60, numerator = 61")
    publication = publish(conn, tonight(conn, thresholds), thresholds)
    assert publication is not None
    assert log(conn, "A", "was_delivered, material_reasons")[-1] == (True, ["threshold", "delivered"])
    number = publication.publication_id
    assert divergences(conn) == [("A", UNIT, Decimal("75.1"), 74, number, "recomputed")]


def divergences(conn: psycopg.Connection) -> list[tuple[object, ...]]:
    return conn.execute(
        "select kpi_code, unit_id, sent_value, current_value, differs_since_publication_id, cause "
        "from national.divergences order by 1"
    ).fetchall()


def test_a_divergence_began_after_the_last_issue_that_agreed_and_ends_when_the_change_is_accepted(
    conn: psycopg.Connection, registry: Registry
) -> None:
    sign(conn)
    deliver(conn)
    numbers = []
    for value in (70, 75, 71, 72):
        change(conn, "A", f"value = {value}")
        publication = publish(conn, tonight(conn, registry), registry)
        assert publication is not None
        numbers.append(publication.publication_id)
    assert divergences(conn) == [("A", UNIT, 75, 72, numbers[2], "recomputed")]
    sign(conn)
    assert len(divergences(conn)) == 1
    deliver(conn)
    assert divergences(conn) == []


def test_a_figure_taken_away_after_it_was_sent_stands_in_the_register(
    conn: psycopg.Connection, registry: Registry
) -> None:
    sign(conn)
    deliver(conn)
    conn.execute("delete from marts.mart_kpi_values where kpi_code = 'A'")
    publication = publish(conn, tonight(conn, registry), registry)
    assert publication is not None
    assert divergences(conn) == [("A", UNIT, 75, None, publication.publication_id, "removed")]


def test_what_was_sent_stays_as_it_was_sent_after_restatements(
    conn: psycopg.Connection, registry: Registry
) -> None:
    sign(conn)
    deliver(conn)
    sent = "select revision, body from national.outbox where packet = 'kpi_data' order by revision"
    first = conn.execute(sent).fetchall()
    for value in (71, 72):
        change(conn, "A", f"value = {value}")
        publish(conn, tonight(conn, registry), registry)
        sign(conn)
    assert conn.execute(sent).fetchall()[0] == first[0]
    assert [revision for revision, _ in conn.execute(sent).fetchall()] == [1, 2, 3]


def test_a_material_restatement_of_a_signed_figure_opens_the_signoff_again(
    conn: psycopg.Connection, thresholds: Registry
) -> None:
    sign(conn)
    assert prepare_signoff(conn) is None
    change(conn, "A", "value = 70")
    change(conn, "B", "value = 60.5")
    publish(conn, tonight(conn, thresholds), thresholds)
    signoff = prepare_signoff(conn)
    assert signoff is not None
    told = signoff.summary.partition("| Chỉ số | Kỳ | Giá trị")[0]
    assert "Số liệu đã ký nay thay đổi đáng kể: 1" in told
    assert "| A (DT03-plan) | 2025-M07 (administrative) | 75 % → 70 % | -5 điểm phần trăm |" in told
    assert "vượt ngưỡng" in told
    assert "B (DT03-plan)" not in told
    assert "Thay đổi không đáng kể của số liệu đã ký: 1." in told
