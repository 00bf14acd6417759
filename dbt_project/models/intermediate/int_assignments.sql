{{ config(materialized='ephemeral') }}

with assigned as (
    select
        fp.form_code,
        fp.form_version,
        fp.calendar_code,
        fp.period_code,
        p.last_day,
        u.unit_id,
        u.code as unit_code,
        fp.open_at,
        fp.due_at,
        fp.lock_at,
        fp.correction_lock_at
    from {{ assigned_units(ref('form_periods')) }}
    where fp.open_at <= {{ as_of() }} + interval '1 month'
)

-- Rows of the registry may overlap, as when one unit and all units of its kind owe a form.
select distinct
    a.form_code,
    a.form_version,
    a.calendar_code,
    a.period_code,
    a.last_day,
    a.unit_id,
    a.unit_code,
    a.open_at,
    a.due_at,
    a.lock_at,
    a.correction_lock_at
from assigned as a
{{ only_touched(
    ref('int_touched_obligations'), 'a', ['unit_id', 'form_code', 'calendar_code', 'period_code']
) }}
