select
    o.unit_id,
    o.unit_code,
    o.form_code,
    o.calendar_code,
    o.period_code,
    o.due_at,
    o.lock_at,
    o.state,
    o.submission_id,
    o.received_at,
    o.is_late
from {{ ref('int_obligation_states') }} as o
