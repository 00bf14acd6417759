-- A view: the door changes states between staging and the figures.
{{ config(materialized='view') }}

with current_states as (
    select distinct on (t.submission_id)
        t.submission_id,
        t.state
    from {{ source('raw', 'submission_states') }} as t
    order by t.submission_id, t.state_seq desc
)

select
    s.submission_id,
    u.unit_id as sender_unit_id,
    g.sender_code,
    g.form_code,
    g.form_version,
    p.calendar_code,
    g.period_code,
    p.first_day,
    p.last_day,
    c.state,
    cast(
        row_number() over (
            partition by u.unit_id, g.form_code, p.calendar_code, g.period_code order by s.received_at, s.sha256
        ) as integer
    ) as sequence,
    s.received_at,
    s.file_name,
    g.is_nil
from {{ source('raw', 'submissions') }} as s
inner join {{ source('raw', 'readings') }} as g using (submission_id)
inner join current_states as c using (submission_id)
inner join {{ ref('forms') }} as f using (form_code, form_version)
inner join {{ ref('regimes') }} as r using (regime_code)
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
left join {{ ref('units') }} as u
    on g.sender_code = u.code and p.last_day between u.valid_from and coalesce(u.valid_to, 'infinity')
where c.state not in ('received', 'duplicate')
