"""A warehouse that had published before it kept whole issues."""

from __future__ import annotations

from pathlib import Path

import psycopg

import kpi_reporting.warehouse
from tests.integration.publish.figures import DERIVED, UNIT, rows_as_text

SCHEMAS = ("registry", "raw", "staging", "intermediate", "marts", "quality", "reporting", "national")
FILES = sorted((Path(kpi_reporting.warehouse.__file__).parent / "migrations/sql").glob("*.sql"))
BEFORE = f"""
insert into reporting.publications (night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed)
values ('n', '2025-07-17 01:00+07', 'r', 'first', 3, 0, 0);
insert into reporting.kpi_values (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, first_day, last_day,
    value, numerator, denominator, unit_of_measure, units_counted, units_owed, data_state, is_primary, target_code,
    target_version, target_operator, target_value, target_status, confirmed, is_stale, revision, publication_id
) values
    ('DT03', 'DT03-plan', 1, '{UNIT}', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14',
     63.410, 6341, 10000, '%', 180, 181, 'partial', true, 'T', 1, '>=', 75, 'behind', false, true, 1, 1);
insert into reporting.kpi_value_issues (
    kpi_code, formula_code, unit_id, calendar_code, period_code, revision, publication_id, cause, formula_version, value,
    numerator, denominator, units_counted, units_owed, data_state, target_status
)
select
    kpi_code, formula_code, unit_id, calendar_code, period_code, revision, publication_id, 'first', formula_version, value,
    numerator, denominator, units_counted, units_owed, data_state, target_status
from reporting.kpi_values;
insert into reporting.indicator_values values (
    'dossiers', 'total', 'actual', '{UNIT}', '38', 'administrative', '2025-M07', '2025-06-15', '2025-07-14', 7.0, 'hồ sơ',
    '38', 1, 1
);
"""
DERIVED_BEFORE = f"""
insert into reporting.publications (night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed)
values ('n', '2025-07-17 01:00+07', 'r', 'first', 3, 0, 0);
insert into reporting.kpi_values_on_current_boundaries values (
    'DT03', 'DT03-plan', 1, '{UNIT}', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14', 63.410,
    6341, 10000, '%', 180, 181, 'partial', null, true, false, false, 1
);
insert into reporting.kpi_comparisons values (
    'DT03', 'DT03-plan', 1, '{UNIT}', '38', 'administrative', '2025-M07', 'month', '2025-07-14', 'previous_period',
    '2025-M06', '{UNIT}', 'as_reported', 63.410, 60, 3.41, 'percentage points', null, 'partial', 'partial', 'comparable',
    null, false, true, false, 1
);
insert into reporting.target_progress values (
    '{UNIT}', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14', 11, 3, 2, 5, 1, 0, 0, 30.00, 1
);
"""


def test_its_last_state_can_be_read_back_whole(conn: psycopg.Connection) -> None:
    conn.execute(f"drop schema {', '.join(SCHEMAS)} cascade".encode())
    for path in FILES[:4]:
        conn.execute(path.read_bytes())
    conn.execute(BEFORE.encode())
    conn.execute(FILES[4].read_bytes())
    for name in ("kpi_values", "indicator_values"):
        seen = rows_as_text(conn, f"reporting.{name}")
        assert seen
        assert rows_as_text(conn, f"reporting.{name}_as_of(1)") == seen
        assert rows_as_text(conn, f"reporting.{name}_at(now() + interval '1 hour')") == seen
    conn.rollback()


def test_so_can_that_of_what_was_derived_from_figures(conn: psycopg.Connection) -> None:
    conn.execute(f"drop schema {', '.join(SCHEMAS)} cascade".encode())
    added = next(place for place, path in enumerate(FILES) if path.name.startswith("0010"))
    for path in FILES[:added]:
        conn.execute(path.read_bytes())
    conn.execute(DERIVED_BEFORE.encode())
    conn.execute(FILES[added].read_bytes())
    for name in (*DERIVED, "kpi_series"):
        seen = rows_as_text(conn, f"reporting.{name}")
        assert seen
        assert rows_as_text(conn, f"reporting.{name}_as_of(1)") == seen
        assert rows_as_text(conn, f"reporting.{name}_at(now() + interval '1 hour')") == seen
    conn.rollback()
