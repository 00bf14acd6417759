"""Completeness against a naive count, over obligations drawn at random."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import psycopg
import pytest

from kpi_reporting.board import print_completeness
from kpi_reporting.board.screen import new_screen
from kpi_reporting.warehouse import connect

INSTANT = "2025-07-20 17:00+07"
FILED = ("nil", "provisional", "approved", "exported", "restated")
STATES = (*FILED, "not_due", "due", "late", "missing", "held", "blocked", "not_applicable", "not_owed")
UNITS = {  # unit: kind, parent
    "root": ("province", None), "east": ("district", "root"), "west": ("district", "root"),
    "dept": ("department", "root"), "e1": ("commune", "east"), "e2": ("commune", "east"), "e3": ("commune", "east"),
    "w1": ("commune", "west"), "w2": ("commune", "west"),
}  # fmt: skip

_PUBLICATION = """
insert into reporting.publications (
    night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
)
values ('n', %s, '', '', 0, 0, 0)
returning publication_id
"""
_UNIT = """
insert into reporting.units (unit_id, unit_code, kind, name_vi, sort_key, parent_id, valid_from, confirmed, publication_id)
values (%s, %s, %s, %s, %s, %s, '2020-01-01', true, %s)
"""
_TRANSITION = (
    "insert into reporting.obligation_transitions values (%s, %s, 'c', 'p', null, %s, %s, %s, %s, %s, %s)"
)


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    """Five communes of two districts and a department; what a test adds is undone."""
    with connect(warehouse_dsn) as connection:
        publication = _publish(connection, "2025-07-17 01:00+07")
        for unit, (kind, parent) in UNITS.items():
            connection.execute(_UNIT, (unit, unit, kind, unit.title(), unit, parent, publication))
        yield connection
        connection.rollback()


def _publish(conn: psycopg.Connection, as_of: str) -> int:
    row = conn.execute(_PUBLICATION, (as_of,)).fetchone()
    assert row is not None
    return int(row[0])


def _draw(chance: random.Random) -> tuple[str | None, int | None, bool, bool]:
    """A state with what belongs to it; None means that nobody owes it any more."""
    state = chance.choice((*STATES, None))
    has_filing = state in (*FILED, "not_owed") or (state == "not_applicable" and chance.random() < 0.5)
    return state, 1 if has_filing else None, chance.random() < 0.5, chance.random() < 0.5


def _naive(
    known: dict[tuple[str, str], tuple[str | None, int | None, bool, bool]],
) -> set[tuple[object, ...]]:
    rows = set()
    for form in {form for _, form in known}:
        for group in ("root", "east", "west"):
            for kind in {kind for kind, _ in UNITS.values()}:
                inside = [
                    one for (unit, of), one in known.items()
                    if of == form and one[0] is not None and UNITS[unit][0] == kind and _is_below(unit, group)
                ]  # fmt: skip
                if inside:
                    rows.add((form, kind, group, *_count(inside)))
    return rows


def _is_below(unit: str, group: str) -> bool:
    parent = UNITS[unit][1]
    return group == (unit if parent is None else parent) or (parent is not None and _is_below(parent, group))


def _count(inside: list[tuple[str | None, int | None, bool, bool]]) -> tuple[object, ...]:
    owed = [one for one in inside if one[0] not in ("not_applicable", "not_owed")]
    filed = [one for one in owed if one[0] in FILED]
    extra = [one for one in inside if one not in owed and one[1] is not None]
    in_time = [one for one in filed if not one[2]]
    share = (Decimal(len(filed)) / len(owed)).quantize(Decimal("0.0001"), ROUND_HALF_UP) if owed else None
    missing = [one for one in owed if one not in filed]
    return len(owed), len(filed), len(in_time), sum(one[3] for one in filed), len(missing), len(extra), share


@pytest.mark.parametrize("seed", range(25))
def test_completeness_is_a_plain_count_of_the_last_known_states(conn: psycopg.Connection, seed: int) -> None:
    chance = random.Random(seed)
    known: dict[tuple[str, str], tuple[str | None, int | None, bool, bool]] = {}
    for as_of in ("2025-07-18 01:00+07", "2025-07-20 01:00+07", "2025-07-21 01:00+07"):
        publication = _publish(conn, as_of)
        for unit in UNITS:
            for form in ("F", "G"):
                if chance.random() < 0.6:
                    drawn = _draw(chance)
                    conn.execute(_TRANSITION, (unit, form, *drawn, as_of, publication))
                    known |= {(unit, form): drawn} if as_of < INSTANT else {}
    found = conn.execute(
        """
        select form_code, unit_kind, group_unit_id, owed, filed, filed_on_time, nil,
            open + late + held + blocked + missing, extra, share_filed
        from reporting.completeness_as_of(%s) where filed_late = filed - filed_on_time
        """,
        (INSTANT,),
    ).fetchall()
    assert set(found) == _naive(known)
    assert len(found) == len(set(found))


def test_a_whole_department_that_files_nothing_is_named(conn: psycopg.Connection) -> None:
    publication = _publish(conn, "2025-07-20 01:00+07")
    conn.execute(
        "insert into reporting.periods values ('c', 'p', 'month', 2025, 7, '2025-06-15', '2025-07-14', null, %s)",
        (publication,),
    )
    for unit in UNITS:
        state = "missing" if unit in ("dept", "w1", "w2") else "approved"
        conn.execute(
            _TRANSITION,
            (unit, "F", state, None, state == "missing", False, INSTANT[:16] + "+07", publication),
        )
    stream = io.StringIO()
    moment = conn.execute("select %s::timestamptz", (INSTANT,)).fetchone()
    assert moment is not None
    print_completeness(conn, moment[0], screen=new_screen(stream))
    printed = [" ".join(line.split()) for line in stream.getvalue().splitlines()]
    assert "F p department 1 0 0 0 0 0 0 0 0 1 0 0 0.00 %" in printed
    assert "F p, nothing filed below: West (2 communes)" in printed
    assert "Filed nothing of what was due: Dept, W1, W2" in printed
