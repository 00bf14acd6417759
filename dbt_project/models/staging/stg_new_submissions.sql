select
    s.submission_id,
    s.sender_unit_id,
    s.sender_code,
    s.form_code,
    s.form_version,
    s.calendar_code,
    s.period_code,
    s.first_day,
    s.last_day,
    s.state,
    s.state_as_of,
    s.received_at,
    s.sha256,
    s.file_name,
    s.is_nil,
    s.is_partial
from {{ ref('stg_waiting_submissions') }} as w
inner join lateral (
    {{ submission('w') }}
) as s on true
where s.state = 'read'
