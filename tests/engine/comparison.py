"""Published rows beside naive ones, and a difference a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import psycopg

from tests.engine import targets
from tests.engine.boundaries import carried_figures
from tests.engine.compared import COMPARED, Comparisons
from tests.engine.facts import Figure, Period
from tests.engine.formulas import Row
from tests.engine.ledgers import Filing, all_periods
from tests.engine.naive import figures
from tests.engine.world_facts import facts_of, targets_of, territories_of, unit_of
from tests.engine.worlds import Registry

Key = tuple[str, str, str]
Rows = dict[Key, dict[str, Any]]

COMPUTED = (
    "kpi_code", "formula_version", "value", "numerator", "denominator", "units_counted", "units_owed", "coverage",
    "data_state", "reason", "value_low", "value_high",
)  # fmt: skip
CARRIED = (
    "unit_code", "calendar_code", "period_kind", "first_day", "last_day", "unit_of_measure", "is_primary",
    "confirmed", "is_stale",
)  # fmt: skip
_COLUMNS = (*COMPUTED, *CARRIED, *targets.COMPARED)
_KEY = ("formula_code", "unit_id", "period_code")
_SHOWN = 20

_DERIVED = (
    "kpi_values_on_current_boundaries", "kpi_comparisons", "target_progress", "obligations", "completeness",
)  # fmt: skip
# The number of a submission follows from the night in which it lay in the inbox.
_ROWS = "select cast(to_jsonb(t) - '{{publication_id,submission_id,revision}}'::text[] as text) from reporting.{} as t"
# Formulas that are not carried leave no figure; everything else is the province's own.
_FIGURE = ("value", "numerator", "denominator", "units_counted", "units_owed", "data_state", "reason")
_PROVINCE = f"""
    select k.formula_code, k.period_code, cast(to_jsonb(k) as text), cast(to_jsonb(c) as text),
        row({", ".join(f"k.{name}" for name in _FIGURE)}) is not distinct from
        row({", ".join(f"c.{name}" for name in _FIGURE)})
    from reporting.kpi_values as k
    inner join reporting.kpi_values_on_current_boundaries as c
        using (kpi_code, formula_code, unit_id, calendar_code, period_code)
    inner join reporting.units as u using (unit_id)
    where u.parent_id is null and c.reason is distinct from 'not_comparable'
"""


_COUNTS = (*(f"targets_{name}" for name in targets.COUNTED), "targets_quantified", "share_reached")
_ON_CURRENT = (
    "formula_version", "value", "numerator", "denominator", "units_counted", "units_owed", "data_state", "reason",
    "confirmed", "is_estimate",
)  # fmt: skip


@dataclass(frozen=True)
class Derived:
    """Rows of the tables made of figures, as text, and how the province stands on current boundaries.

    ``carried``, ``comparisons`` and ``progress`` are rows as they are compared with naive ones.
    """

    rows: dict[str, set[str]]
    province_rows: int
    province_otherwise: list[tuple[str, ...]]
    carried: Rows
    comparisons: dict[tuple[str, str, str, str], dict[str, Any]]
    progress: dict[tuple[str, str], dict[str, Any]]


def derived(conn: psycopg.Connection) -> Derived:
    """Read what was made of the figures."""
    rows = {name: {row for (row,) in conn.execute(_ROWS.format(name).encode())} for name in _DERIVED}
    province = conn.execute(_PROVINCE.encode()).fetchall()
    return Derived(
        rows,
        len(province),
        [row[:4] for row in province if not row[4]],
        _by_key(conn, "kpi_values_on_current_boundaries", _KEY, _ON_CURRENT),
        _by_key(conn, "kpi_comparisons", (*_KEY, "compared_with"), COMPARED),
        _by_key(conn, "target_progress", ("unit_id", "period_code"), _COUNTS),
    )


def published(conn: psycopg.Connection) -> Rows:
    """Return what readers see, without the numbers that say by which publication it came."""
    return _by_key(conn, "kpi_values", _KEY, _COLUMNS)


def _by_key(
    conn: psycopg.Connection, table: str, key: Sequence[str], columns: Sequence[str]
) -> dict[Any, dict[str, Any]]:
    query = f"select {', '.join((*key, *columns))} from reporting.{table}"
    return {
        row[: len(key)]: {name: _exact(cell) for name, cell in zip(columns, row[len(key) :], strict=True)}
        for row in conn.execute(query.encode()).fetchall()
    }


def expected_on_current_boundaries(registry: Registry, filings: Iterable[Filing], as_of: datetime) -> Rows:
    """Return what the naive implementation makes of the filings on the boundaries of the night."""
    confirmed = {
        (row["formula_code"], int(row["formula_version"])): row["confirmed"] == "true"
        and _only(registry["kpis"], kpi_code=row["kpi_code"])["confirmed"] == "true"
        for row in registry["kpi_formulas"]
    }
    return carried_figures(facts_of(registry, filings, as_of), territories_of(registry, as_of), confirmed)


def expected_comparisons(
    registry: Registry, figures: Rows, carried: Rows
) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Return what the naive implementation makes of naive figures and of those on current boundaries."""
    before = {
        event["to_unit_id"]: event["from_unit_id"]
        for event in registry["unit_events"]
        if event["kind"] in ("rename", "recode", "move")
    }
    units = (unit_of(row) for row in registry["units"])
    return Comparisons(figures, carried, units, all_periods(), before).rows()


def _exact(cell: Any) -> Any:
    return Fraction(cell) if isinstance(cell, Decimal) else cell


def expected(registry: Registry, filings: Iterable[Filing], as_of: datetime) -> Rows:
    """Return what the naive implementation makes of the filings."""
    periods = {period.code: period for period in all_periods()}
    found = figures(facts_of(registry, filings, as_of))
    known = targets_of(registry)
    return {
        (one.formula_code, one.unit_id, one.period_code): _row(registry, periods, one)
        | _with_target(registry, known, periods[one.period_code], one)
        for one in found
    }


def _row(registry: Registry, periods: Mapping[str, Period], one: Figure) -> dict[str, Any]:
    period = periods[one.period_code]
    kpi = _only(registry["kpis"], kpi_code=one.kpi_code)
    formula = _only(
        registry["kpi_formulas"], formula_code=one.formula_code, formula_version=str(one.formula_version)
    )
    carried = (
        one.unit_id.partition("@")[0], one.calendar_code, period.kind, period.first_day, period.last_day,
        kpi["unit_of_measure"], formula["is_primary"] == "true",
        kpi["confirmed"] == "true" == formula["confirmed"], False,
    )  # fmt: skip
    computed = {name: getattr(one, name) for name in COMPUTED}
    return computed | dict(zip(CARRIED, carried, strict=True))


def _with_target(
    registry: Registry, known: Sequence[targets.Target], period: Period, one: Figure
) -> dict[str, Any]:
    kpi = _only(registry["kpis"], kpi_code=one.kpi_code)
    formula = _only(
        registry["kpi_formulas"], formula_code=one.formula_code, formula_version=str(one.formula_version)
    )
    unit = _only(registry["units"], unit_id=one.unit_id)
    of_the_period = "last" if formula["over_time"] == "last" else "period"
    measured = targets.Measured(
        one.kpi_code, one.unit_id, unit["kind"], period, one.value, one.reason,
        of_the_period if formula["span"] == "period" else formula["span"], kpi["direction"], int(kpi["decimals"]),
    )  # fmt: skip
    return targets.target_of(measured, known)


def _only(rows: Iterable[Row], **cells: str) -> Row:
    (found,) = (row for row in rows if all(row[name] == cell for name, cell in cells.items()))
    return found


def differences(registry: Registry, found: Rows, wanted: Rows, names: tuple[str, str]) -> str:
    """Return what differs as text, one example of each kind of difference; empty when nothing does.

    ``names`` are what both tables are called in the text.
    """
    wrong = [key for key in sorted(found.keys() | wanted.keys()) if found.get(key) != wanted.get(key)]
    kinds = {(key[0], *_columns(found.get(key), wanted.get(key))): key for key in reversed(wrong)}
    examples = sorted(kinds.values())[:_SHOWN]
    shown = [_difference(registry, key, (found.get(key), wanted.get(key)), names) for key in examples]
    title = [f"{len(wrong)} of {len(wanted)} rows differ; by formula: {_tally(wrong)}"] if wrong else []
    return "\n\n".join([*title, *shown])


def _columns(found: dict[str, Any] | None, wanted: dict[str, Any] | None) -> list[str]:
    return [name for name in _COLUMNS if (found or {}).get(name) != (wanted or {}).get(name)]


def _tally(wrong: Iterable[Key]) -> str:
    counts: dict[str, int] = {}
    for formula_code, *_ in wrong:
        counts[formula_code] = counts.get(formula_code, 0) + 1
    return ", ".join(f"{code} {count}" for code, count in counts.items())


def _difference(
    registry: Registry,
    key: Key,
    pair: tuple[dict[str, Any] | None, dict[str, Any] | None],
    names: tuple[str, str],
) -> str:
    lines = [
        "formula {}, unit {}, period {}".format(*key),
        *_written(registry, key, pair[0] or pair[1] or {}),
    ]
    lines += [f"  no row {name}" for name, row in zip(names, pair, strict=True) if row is None]
    for column in _columns(*pair):
        cells = (
            f"{name} {_text((row or {}).get(column)):<24}" for name, row in zip(names, pair, strict=True)
        )
        lines.append(f"  {column:<15} {' '.join(cells)}")
    return "\n".join(lines)


def _written(registry: Registry, key: Key, row: Mapping[str, Any]) -> Iterable[str]:
    """Yield the registry rows of the formula as they are written."""
    version = (key[0], str(row.get("formula_version")))
    for name in ("kpi_formulas", "kpi_terms"):
        for one in registry[name]:
            if (one["formula_code"], one["formula_version"]) == version:
                cells = (f"{column}={cell}" for column, cell in one.items() if cell and column not in _DULL)
                yield f"  {name}: {' '.join(cells)}"


_DULL = {
    "formula_code", "formula_version", "name_vi", "name_en", "kpi_code", "confirmed", "is_primary", "valid_from",
    "valid_to",
}  # fmt: skip


def _text(cell: Any) -> str:
    if not isinstance(cell, Fraction):
        return "–" if cell is None else str(cell)
    return str(cell.numerator) if cell.denominator == 1 else f"{cell} ≈ {float(cell):.6g}"
