with filed as (
    select
        s.submission_id,
        s.sender_unit_id,
        s.sender_code,
        s.form_code,
        s.form_version,
        s.calendar_code,
        s.period_code,
        s.last_day,
        s.is_nil,
        s.state,
        s.sequence,
        s.received_at,
        -- A correction after the due day does not make late what was filed in time.
        min(s.received_at) over (
            partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code
        ) as first_received_at
    from {{ ref('stg_submissions') }} as s
    where s.state in ('accepted', 'superseded') and s.sender_unit_id is not null
)

select distinct on (f.sender_unit_id, f.form_code, f.calendar_code, f.period_code)
    f.submission_id,
    f.sender_unit_id,
    f.sender_code,
    f.form_code,
    f.form_version,
    f.calendar_code,
    f.period_code,
    f.last_day,
    f.is_nil,
    f.received_at,
    f.first_received_at
from filed as f
where f.state = 'accepted'
order by f.sender_unit_id asc, f.form_code asc, f.calendar_code asc, f.period_code asc, f.sequence desc
