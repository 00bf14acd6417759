-- A correction after the due day does not make late what was filed in time.
with filed as (
    select
        s.*,
        min(s.received_at) over (
            partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code
        ) as first_received_at
    from {{ ref('stg_submissions') }} as s
    where s.state in ('accepted', 'superseded') and s.sender_unit_id is not null
)

select distinct on (f.sender_unit_id, f.form_code, f.calendar_code, f.period_code) f.*
from filed as f
where f.state = 'accepted'
order by f.sender_unit_id, f.form_code, f.calendar_code, f.period_code, f.sequence desc
