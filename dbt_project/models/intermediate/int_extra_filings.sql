{{ config(materialized='ephemeral') }}

-- Whoever owes nothing is late with nothing.
select
    f.sender_unit_id as unit_id,
    u.code as unit_code,
    f.form_code,
    f.calendar_code,
    f.period_code,
    p.due_at,
    p.lock_at,
    p.correction_lock_at,
    cast(null as date) as lock_lifted_until_day,
    'not_owed' as state,
    f.submission_id,
    f.received_at,
    false as is_late,
    f.is_nil
from {{ ref('int_filings_in_force') }} as f
{{ only_touched(
    ref('int_touched_obligations'), 'f',
    ['sender_unit_id', 'form_code', 'calendar_code', 'period_code'], {'sender_unit_id': 'unit_id'}
) }}
inner join {{ ref('units') }} as u on f.sender_unit_id = u.unit_id
inner join {{ ref('form_periods') }} as p
    on
        f.form_code = p.form_code and f.form_version = p.form_version
        and f.calendar_code = p.calendar_code and f.period_code = p.period_code
left join {{ ref('int_obligations') }} as o
    on
        f.sender_unit_id = o.unit_id and f.form_code = o.form_code
        and f.calendar_code = o.calendar_code and f.period_code = o.period_code
where f.is_newest and o.unit_id is null and p.open_at <= {{ as_of() }}
