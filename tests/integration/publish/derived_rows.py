"""Figures of two communes and the one they became, and the rows that rest on these figures."""

from __future__ import annotations

import psycopg

from kpi_reporting.warehouse.nights import Night

OLD, OTHER_OLD, NEW, PROVINCE = "1@2020-01-01", "2@2020-01-01", "3@2025-08-01", "9@2020-01-01"
# M07 lies before the merger, M08 after it; the quarter reaches over it.
LINKS = f"""
insert into intermediate.int_current_crosswalk values
    ('{OLD}', '{NEW}'), ('{OTHER_OLD}', '{NEW}'), ('{NEW}', '{NEW}'), ('{PROVINCE}', '{PROVINCE}');
insert into intermediate.int_carried_shares
select * from intermediate.int_current_crosswalk
union all values ('{OLD}', '{PROVINCE}'), ('{OTHER_OLD}', '{PROVINCE}'), ('{NEW}', '{PROVINCE}');
insert into intermediate.int_past_windows values ('F', 'c', 'M07', 'M07'), ('F', 'c', 'Q3', 'M07'), ('F', 'c', 'Q3', 'M08');
insert into intermediate.int_same_territories
select u, u from unnest(array['{OLD}', '{OTHER_OLD}', '{NEW}', '{PROVINCE}']) as t (u);
insert into intermediate.int_period_bases values
    ('c', 'M07', 'previous_period', null), ('c', 'M08', 'previous_period', 'M07'), ('c', 'M09', 'previous_period', 'M08');
"""
_FIGURE = """
insert into marts.mart_kpi_values (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, first_day,
    last_day, value, unit_of_measure, units_counted, units_owed, data_state, reason, is_primary, confirmed, target_code,
    target_status
) values (
    'A', 'F', 1, %(unit)s, 'x', 'c', %(period)s, 'month', '2025-06-15', '2025-07-14', %(value)s, '%%', 1, 1, 'complete',
    %(reason)s, true, true, %(target)s, 'behind'
)
"""
_CARRIED = """
insert into marts.mart_kpi_values_on_current_boundaries (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, first_day,
    last_day, value, unit_of_measure, units_counted, units_owed, data_state, is_primary, confirmed, is_estimate
) values ('A', 'F', 1, %s, 'x', 'c', %s, 'month', '2025-06-15', '2025-07-14', %s, '%%', 1, 1, 'complete', true, true, false)
"""
_COMPARISON = """
insert into marts.mart_kpi_comparisons (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, last_day,
    compared_with, base_period_code, base_unit_id, basis, value, base_value, change, change_unit, data_state, status,
    is_estimate, is_primary, confirmed
) values (
    'A', 'F', 1, %(unit)s, 'x', 'c', %(period)s, 'month', '2025-07-14', 'previous_period', %(base)s, %(unit)s, %(basis)s,
    %(value)s, %(base_value)s, cast(%(value)s as numeric) - %(base_value)s, 'percentage points', 'complete', 'comparable',
    false, true, true
)
"""
_PROGRESS = """
insert into marts.mart_target_progress (
    unit_id, unit_code, calendar_code, period_code, period_kind, first_day, last_day, targets_quantified, targets_reached,
    targets_on_track, targets_behind, targets_no_data, targets_not_comparable, targets_unquantified
) values (%s, 'x', 'c', %s, 'month', '2025-06-15', '2025-07-14', 1, %s, 0, 0, 0, 0, 0)
"""
_KEY = {
    "kpi_values_on_current_boundaries": "value",
    "kpi_comparisons": "change",
    "target_progress": "targets_reached",
}


def figure(
    conn: psycopg.Connection,
    unit: str,
    period: str,
    value: int | None,
    reason: str | None = None,
    target: str | None = None,
) -> None:
    """Compute a figure, in place of the one there was."""
    conn.execute("delete from marts.mart_kpi_values where (unit_id, period_code) = (%s, %s)", (unit, period))
    told = {"unit": unit, "period": period, "value": value, "reason": reason, "target": target}
    conn.execute(_FIGURE, told)


def carried(conn: psycopg.Connection, unit: str, period: str, value: int) -> None:
    """Compute a figure on current boundaries, in place of the one there was."""
    conn.execute(
        "delete from marts.mart_kpi_values_on_current_boundaries where (unit_id, period_code) = (%s, %s)",
        (unit, period),
    )
    conn.execute(_CARRIED, (unit, period, value))


def compared(
    conn: psycopg.Connection,
    unit: str,
    period: str,
    base: str,
    values: tuple[int, int],
    basis: str = "as_reported",
) -> None:
    """Compute a comparison of two values with the period before, in place of the one there was."""
    conn.execute(
        "delete from marts.mart_kpi_comparisons where (unit_id, period_code) = (%s, %s)", (unit, period)
    )
    told = {
        "unit": unit,
        "period": period,
        "base": base,
        "basis": basis,
        "value": values[0],
        "base_value": values[1],
    }
    conn.execute(_COMPARISON, told)


def progress(conn: psycopg.Connection, unit: str, period: str, reached: int) -> None:
    """Compute how the targets of a unit stand, in place of what there was."""
    conn.execute(
        "delete from marts.mart_target_progress where (unit_id, period_code) = (%s, %s)", (unit, period)
    )
    conn.execute(_PROGRESS, (unit, period, reached))


def stop(conn: psycopg.Connection, night: Night, unit: str, period: str) -> None:
    """Let an exit rule stop a figure of the night; it is judged in later nights as well."""
    key = ("A", "F", unit, "c", period)
    conn.execute(
        "insert into quality.blocked_figures values (%s, %s, 'exit.test')", (night.night_id, "/".join(key))
    )
    conn.execute("insert into marts.mart_exit_candidates values (%s, %s, %s, %s, %s)", key)


def seen(conn: psycopg.Connection, table: str, unit: str, period: str) -> tuple[object, object] | None:
    """What readers see of a derived row: what it says, and its stale mark."""
    query = f"select {_KEY[table]}, is_stale from reporting.{table} where unit_id = %s and period_code = %s"
    found = conn.execute(query.encode(), (unit, period)).fetchone()
    return None if found is None else (found[0], found[1])


def causes_of(conn: psycopg.Connection, issues: str, unit: str, period: str) -> list[str]:
    """Cause of each published state of a derived row."""
    query = f"select cause from reporting.{issues} where unit_id = %s and period_code = %s order by revision"
    return [cause for (cause,) in conn.execute(query.encode(), (unit, period)).fetchall()]


def touched(conn: psycopg.Connection, *figures: tuple[str, str]) -> None:
    """Add what the models find touched when these figures, by unit and period, are.

    A partial computation lists nothing more; what else may change is the publication's to know.
    """
    for unit, period in figures:
        key = {"unit": unit, "period": period}
        conn.execute(
            "insert into intermediate.int_touched_figures values ('A', 'F', %(unit)s, 'c', %(period)s)", key
        )
    conn.execute(
        """
        create table intermediate.int_touched_comparisons as
        select t.*, b.compared_with from intermediate.int_touched_figures as t
        inner join intermediate.int_period_bases as b using (calendar_code, period_code)
        union
        select t.kpi_code, t.formula_code, t.unit_id, t.calendar_code, b.period_code, b.compared_with
        from intermediate.int_touched_figures as t
        inner join intermediate.int_period_bases as b on b.base_period_code = t.period_code;
        create table intermediate.int_touched_carried_figures as
        select t.kpi_code, t.formula_code, s.current_unit_id as unit_id, t.calendar_code, t.period_code
        from intermediate.int_touched_figures as t inner join intermediate.int_carried_shares as s using (unit_id);
        create table intermediate.int_touched_unit_periods as
        select distinct unit_id, calendar_code, period_code from intermediate.int_touched_figures;
        """
    )
