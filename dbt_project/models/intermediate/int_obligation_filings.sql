-- The filing that tells where an obligation stands: the one in force, else the newest.
select distinct on (s.sender_unit_id, s.form_code, s.calendar_code, s.period_code) s.*
from {{ ref('stg_submissions') }} as s
where s.sender_unit_id is not null and s.state <> 'superseded'
order by
    s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, (s.state = 'accepted') desc, s.sequence desc
