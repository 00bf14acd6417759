"""One published province, signed off and queued: what tests of delivering start from."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from kpi_reporting.national import enqueue, prepare_signoff, record_decision

NOW = datetime(2025, 7, 17, 1, tzinfo=UTC)


PUBLISHED = """
insert into reporting.publications (night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed)
values ('n', '2025-07-17 01:00+07', 'r', 'first', 3, 0, 0);
insert into reporting.units (unit_id, unit_code, kind, name_vi, sort_key, valid_from, confirmed, publication_id)
values ('38@2025-07-01', '38', 'province', 'Tỉnh Thanh Hóa', 'x', '2025-07-01', true, 1);
insert into reporting.periods (calendar_code, period_code, period_kind, year, number, first_day, last_day, publication_id)
values ('administrative', '2025-M07', 'month', 2025, 7, '2025-06-15', '2025-07-14', 1);
insert into reporting.kpis (
    kpi_code, formula_code, formula_version, name_vi, name_en, formula_vi, unit_of_measure, decimals, direction, quantified,
    is_primary, valid_from, sort_order, confirmed, publication_id
) values ('DT03', 'DT03-plan', 1, 'Hồ sơ trực tuyến', 'Online', 'x / y', '%', 2, 'higher', true, true, '2020-10-06', 3, false, 1);
insert into reporting.kpi_values (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, first_day, last_day,
    value, numerator, denominator, unit_of_measure, units_counted, units_owed, data_state, is_primary, target_code,
    target_version, target_operator, target_value, target_status, confirmed, revision, publication_id
) values
    ('DT03', 'DT03-plan', 1, '38@2025-07-01', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14',
     63.41, 6341, 10000, '%', 180, 181, 'partial', true, 'T', 1, '>=', 75, 'behind', false, 1, 1),
    ('DT03', 'DT03-a', 1, '38@2025-07-01', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14',
     50, 1, 2, '%', 180, 181, 'partial', false, null, null, null, null, 'no_target', false, 1, 1);
insert into reporting.obligations (
    unit_id, unit_code, form_code, calendar_code, period_code, due_at, lock_at, correction_lock_at, state,
    submission_id, is_late, is_nil, publication_id
) values
    ('a@2025-07-01', 'a', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', '2025-08-16+07',
     'provisional', 1, false, false, 1),
    ('b@2025-07-01', 'b', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', '2025-08-16+07',
     'late', null, true, false, 1),
    ('c@2025-07-01', 'c', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', '2025-08-16+07',
     'not_applicable', null, false, false, 1),
    ('d@2025-07-01', 'd', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', '2025-08-16+07',
     'not_owed', 2, false, false, 1);
"""


def publish_a_province(conn: psycopg.Connection) -> None:
    """Publish one province with two formulas, sign it off and queue its messages, in place of what there was."""
    conn.execute(
        """
        truncate reporting.publications, reporting.units, reporting.periods, reporting.kpis, reporting.kpi_values,
            reporting.obligations, national.approvals, national.outbox, national.deliveries
        restart identity cascade
        """
    )
    conn.execute(PUBLISHED.encode())
    approve_and_queue(conn)


def approve_and_queue(conn: psycopg.Connection) -> int:
    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, "approved", "chi.lanh.dao", NOW, None)
    queued = enqueue(conn, signoff.publication_id)
    conn.commit()
    return queued


def publish_again(conn: psycopg.Connection, content: str, change: str) -> None:
    conn.execute(change.encode())
    conn.execute(
        """
        insert into reporting.publications (
            night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
        ) values ('n2', '2025-07-18 01:00+07', 'r', %s, 0, 1, 0)
        """,
        (content,),
    )
