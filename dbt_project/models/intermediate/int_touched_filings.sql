select distinct
    f.sender_unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code
from {{ ref('int_new_states') }} as c
inner join {{ ref('stg_filings') }} as f using (submission_id)
where c.state in ('accepted', 'superseded', 'withdrawn')
