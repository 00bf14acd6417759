select distinct on (s.sender_unit_id, s.form_code, s.calendar_code, s.period_code) s.*
from {{ ref('stg_submissions') }} as s
where s.state = 'accepted' and s.sender_unit_id is not null
order by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, s.sequence desc
