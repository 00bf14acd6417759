"""What is published of a target is a baseline: the registry may add to it, never edit it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from kpi_reporting.errors import Problem, RegistryError
from kpi_reporting.publish import refuse_edited_targets
from kpi_reporting.publish.baseline import FIXED, RULE
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Target
from tests.workbooks import THANH_HOA

CODE = "DT03-2025"
PUBLISH = """
insert into reporting.targets (
    target_code, target_version, kpi_code, target_kind, target_year, operator, threshold, trajectory,
    trajectory_confirmed, scope, unit_kind, act, valid_from, confirmed, publication_id
) values ('DT03-2025', 1, 'DT03', 'assigned', 2025, '>=', 75.00, 'step', false, 'Toàn tỉnh', 'province', 'QĐ', '2020-10-06', true, 1);
update reporting.kpi_values
set kpi_code = 'DT03', target_code = 'DT03-2025', target_version = 1, last_day = '2025-07-14'
where kpi_code = 'A'
"""


@pytest.fixture
def published(conn: psycopg.Connection) -> psycopg.Connection:
    """One target and one figure that was compared with it, undone after the test."""
    conn.execute("delete from reporting.targets")
    conn.execute(PUBLISH)
    return conn


def edited(registry: Registry, **changed: Any) -> Registry:
    """The registry with other cells in one target version."""
    rows = (row.model_copy(update=changed) if row.target_code == CODE else row for row in registry.targets)
    return replace(registry, targets=tuple(rows))


def row_of(code: str) -> int:
    """Line of the file, from 1, that begins with a target's code."""
    lines = (THANH_HOA / "targets.csv").read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(f"{code},"))


def problems(conn: psycopg.Connection, registry: Registry) -> list[Problem]:
    with pytest.raises(RegistryError) as caught:
        refuse_edited_targets(conn, registry)
    conn.rollback()
    return caught.value.problems


def test_what_is_published_may_stand_and_be_added_to(
    published: psycopg.Connection, registry: Registry
) -> None:
    refuse_edited_targets(published, registry)
    refuse_edited_targets(
        published, edited(registry, act="Số mới", note="Ghi chú", trajectory_confirmed=True)
    )
    refuse_edited_targets(published, edited(registry, valid_to=date(2025, 7, 14)))
    published.rollback()


@pytest.mark.parametrize(
    ("column", "found", "was"),
    [
        ("threshold", Decimal(60), "75.00"),
        ("threshold_high", Decimal(90), "nothing"),
        ("operator", "<=", ">="),
        ("target_year", 2026, "2025"),
        ("target_year", None, "2025"),
        ("kind", "registered", "assigned"),
        ("trajectory", "linear", "step"),
        ("unit_kind", "commune", "province"),
        ("unit_code", "38", "nothing"),
        ("period_kind", "year", "nothing"),
        ("measured_by", "last", "nothing"),
        ("kpi_code", "DT04", "DT03"),
        ("valid_from", date(2025, 7, 1), "2020-10-06"),
    ],
)
def test_an_edit_is_refused_with_both_values_and_what_to_do(
    published: psycopg.Connection, registry: Registry, column: str, found: object, was: str
) -> None:
    [problem] = problems(published, edited(registry, **{column: found}))
    assert (problem.file, problem.row, problem.column, problem.rule) == (
        "targets",
        row_of(CODE),
        column,
        RULE,
    )
    assert problem.found == ("" if found is None else str(found))
    assert problem.message == (
        f"target DT03-2025 version 1 is published with {was}; put it back, and write what an act changed as "
        "version 2 with its act, reason and approver"
    )


def test_a_published_version_does_not_disappear(published: psycopg.Connection, registry: Registry) -> None:
    gone = replace(registry, targets=tuple(row for row in registry.targets if row.target_code != CODE))
    [problem] = problems(published, gone)
    assert problem.message.startswith("target DT03-2025 version 1 is published and may not go")


def test_a_version_holds_as_long_as_figures_are_published_against_it(
    published: psycopg.Connection, registry: Registry
) -> None:
    [problem] = problems(published, edited(registry, valid_to=date(2025, 7, 13)))
    assert (problem.column, problem.found) == ("valid_to", "2025-07-13")
    assert problem.message.startswith(
        "figures up to 2025-07-14 are published against target DT03-2025 version 1"
    )


def test_what_was_never_published_is_free(published: psycopg.Connection, registry: Registry) -> None:
    published.execute("delete from reporting.targets")
    refuse_edited_targets(published, edited(registry, threshold=Decimal(1)))
    published.rollback()


def test_every_column_that_decides_a_comparison_is_looked_at() -> None:
    free = {"target_code", "target_version", "valid_to", "scope", "act", "approver", "reason", "note"}
    free |= {"trajectory_confirmed", "legal_basis", "confirmed"}
    assert Target.model_fields.keys() - free == FIXED.keys()
