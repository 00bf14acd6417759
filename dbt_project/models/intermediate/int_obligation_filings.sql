with filed as (
    select
        s.sender_unit_id,
        s.form_code,
        s.calendar_code,
        s.period_code,
        s.state,
        s.state_as_of,
        s.is_nil,
        s.sequence,
        min(a.accepted_as_of) over (
            partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code
        ) as first_accepted_as_of,
        -- A filing that was withdrawn takes back what was sent before it as well.
        max(s.sequence) filter (where s.state = 'withdrawn') over (
            partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code
        ) as taken_back_until
    from {{ ref('stg_submissions') }} as s
    left join {{ ref('stg_acceptances') }} as a using (submission_id)
    where s.sender_unit_id is not null
)

select distinct on (f.sender_unit_id, f.form_code, f.calendar_code, f.period_code)
    f.sender_unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code,
    f.state,
    f.state_as_of,
    f.first_accepted_as_of,
    f.is_nil
from filed as f
where f.state <> 'superseded' and f.sequence > coalesce(f.taken_back_until, 0)
order by
    f.sender_unit_id asc, f.form_code asc, f.calendar_code asc, f.period_code asc,
    (f.state = 'accepted') desc, f.sequence desc
