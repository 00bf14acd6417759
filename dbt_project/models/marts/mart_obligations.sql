select
    r.unit_id,
    r.unit_code,
    r.form_code,
    r.calendar_code,
    r.period_code,
    r.due_at,
    r.lock_at,
    r.correction_lock_at,
    r.lock_lifted_until_day,
    r.state,
    r.submission_id,
    r.received_at,
    r.is_late,
    r.is_nil
from {{ ref('int_readiness') }} as r
{{ only_touched(
    ref('int_touched_obligations'), 'r', ['unit_id', 'form_code', 'calendar_code', 'period_code']
) }}
order by r.period_code, r.unit_id, r.form_code, r.calendar_code
