select distinct
    s.sender_unit_id,
    s.form_code,
    s.calendar_code,
    s.period_code
from {{ ref('int_new_states') }}
inner join {{ ref('stg_submissions') }} as s using (submission_id)
where s.sender_unit_id is not null
