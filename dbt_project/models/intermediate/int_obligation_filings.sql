select distinct on (s.sender_unit_id, s.form_code, s.calendar_code, s.period_code)
    s.sender_unit_id,
    s.form_code,
    s.calendar_code,
    s.period_code,
    s.state,
    s.state_as_of,
    s.is_nil
from {{ ref('stg_submissions') }} as s
where s.sender_unit_id is not null and s.state <> 'superseded'
order by
    s.sender_unit_id asc, s.form_code asc, s.calendar_code asc, s.period_code asc,
    (s.state = 'accepted') desc, s.sequence desc
