-- A view: the door changes states between staging and the figures. Without windows and groups, so that who
-- asks for some submissions or obligations reads these only; on no other view, which would take it along.
{{ config(materialized='view') }}

select
    s.submission_id,
    u.unit_id as sender_unit_id,
    g.sender_code,
    g.form_code,
    g.form_version,
    r.calendar_code,
    g.period_code,
    p.first_day,
    p.last_day,
    c.state,
    c.state_as_of,
    s.received_at,
    s.sha256,
    s.file_name,
    g.is_nil,
    -- A nil answer speaks for the whole form, whatever its policy.
    f.filing_policy <> 'replace' and not g.is_nil as is_partial
from {{ source('raw', 'submissions') }} as s
inner join {{ source('raw', 'readings') }} as g using (submission_id)
inner join {{ ref('forms') }} as f using (form_code, form_version)
inner join {{ ref('regimes') }} as r using (regime_code)
inner join {{ ref('periods') }} as p on r.calendar_code = p.calendar_code and g.period_code = p.period_code
left join {{ ref('units') }} as u
    on u.code = coalesce(g.unit_code, g.sender_code) and {{ holds_on('p.last_day', 'u') }}
inner join lateral (
    select
        t.state,
        w.as_of as state_as_of
    from {{ source('raw', 'submission_states') }} as t
    inner join {{ source('raw', 'nights') }} as w using (night_id)
    where s.submission_id = t.submission_id and w.as_of <= {{ as_of() }}
    order by t.state_seq desc
    limit 1
) as c on c.state not in ('received', 'duplicate')
