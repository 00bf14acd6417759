"""Published targets are a baseline: what was published of a version is never edited, and what was compared stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from kpi_reporting.errors import Problem, RegistryError
from kpi_reporting.registry import Registry
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Target

RULE = "baseline"
# Column of the registry: column of reporting.targets.
FIXED = {
    "kpi_code": "kpi_code", "kind": "target_kind", "target_year": "target_year", "period_kind": "period_kind",
    "operator": "operator", "threshold": "threshold", "threshold_high": "threshold_high", "trajectory": "trajectory",
    "measured_by": "measured_by", "unit_kind": "unit_kind", "unit_code": "unit_code",
    "valid_from": "valid_from",
}  # fmt: skip
_PUBLISHED = "select * from reporting.targets order by target_code, target_version"
_LAST_COMPARED = """
select max(v.last_day) from reporting.kpi_values as v
where v.kpi_code = %(kpi_code)s and v.target_code = %(target_code)s and v.target_version = %(target_version)s
"""


class _Edit(NamedTuple):
    version: tuple[str, int]
    column: str
    found: object
    message: str


def refuse_edited_targets(conn: psycopg.Connection, registry: Registry) -> None:
    """Compare the registry's targets with the published ones; nothing is changed.

    Raises:
        RegistryError: a published version was edited or taken out, or ends before figures that are published
            against it; each problem says what was published, what stands there now, and what to do.
    """
    versions = {(row.target_code, row.target_version): row for row in registry.targets}
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        published = cursor.execute(_PUBLISHED).fetchall()
        edits = [
            edit
            for row in published
            for edit in _edits(conn, row, versions.get((row["target_code"], row["target_version"])))
        ]
    if edits:
        raise RegistryError(str(registry.folder), _placed(registry, edits))


def _placed(registry: Registry, edits: Sequence[_Edit]) -> Iterator[Problem]:
    """Only a registry that is refused is read again for where its rows stand."""
    numbers = {
        (row.target_code, row.target_version): number for number, row in Draft(registry.folder).rows(Target)
    }
    for one in edits:
        found = "" if one.found is None else str(one.found)
        number = numbers.get(one.version, 0)
        yield Problem(Target.file, number, one.column, found, RULE, one.message)


def _edits(conn: psycopg.Connection, published: dict[str, Any], now: Target | None) -> Iterator[_Edit]:
    version = published["target_code"], published["target_version"]
    name = f"target {published['target_code']} version {published['target_version']}"
    if now is None:
        message = f"{name} is published and may not go; put its row back and end it by valid_to"
        yield _Edit(version, "target_code", None, message)
        return
    for column, was in FIXED.items():
        if getattr(now, column) != published[was]:
            message = (
                f"{name} is published with {_shown(published[was])}; put it back, and write what an act changed as "
                f"version {published['target_version'] + 1} with its act, reason and approver"
            )
            yield _Edit(version, column, getattr(now, column), message)
    last_day = _last_compared(conn, published, now)
    if last_day is not None:
        message = f"figures up to {last_day} are published against {name}; let it hold until then, the next begin later"
        yield _Edit(version, "valid_to", now.valid_to, message)


def _last_compared(conn: psycopg.Connection, published: dict[str, Any], now: Target) -> date | None:
    """Last day of the published figures that a version no longer covers, if there are any."""
    if now.valid_to is None or now.valid_to == published["valid_to"]:
        return None
    row = conn.execute(_LAST_COMPARED, published).fetchone()
    last_day: date | None = row[0] if row else None
    return last_day if last_day is not None and last_day > now.valid_to else None


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
