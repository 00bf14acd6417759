select distinct
    s.sender_unit_id,
    s.form_code,
    s.calendar_code,
    s.period_code
from {{ ref('int_new_states') }} as n
inner join lateral (
    {{ submission('n') }}
) as s on true
where s.sender_unit_id is not null
