with waiting as (
    select w.submission_id
    from {{ source('raw', 'unsettled_submissions') }} as w
    where w.state = 'read'
    union
    -- What a later night judged still waits for an earlier one that is run again.
    select t.submission_id
    from {{ source('raw', 'submission_states') }} as t
    inner join {{ source('raw', 'nights') }} as later using (night_id)
    where later.as_of > {{ as_of() }}
)

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
    s.is_nil
from {{ ref('stg_submissions') }} as s
inner join waiting using (submission_id)
where s.state = 'read'
