{{ config(materialized='ephemeral') }}

with signed as (
    select max(a.published_as_of) as approved_until
    from {{ ref('stg_approvals') }} as a
    where a.decided_at < {{ as_of() }}
),

sent as (
    select
        m.calendar_code,
        m.period_code,
        m.published_as_of,
        coalesce(m.accepted_at < {{ as_of() }}, false) as is_accepted,
        m.revision = max(m.revision) over (partition by m.calendar_code, m.period_code) as is_newest
    from {{ ref('stg_messages') }} as m
    where m.packet = 'report_status' and m.decided_at < {{ as_of() }}
)

select
    s.calendar_code,
    s.period_code,
    max(g.approved_until) as approved_until,
    -- What was signed after the newest message had nothing to add to it.
    case
        when bool_or(s.is_newest and s.is_accepted) then max(g.approved_until)
        else max(s.published_as_of) filter (where s.is_accepted)
    end as exported_until
from sent as s
cross join signed as g
group by s.calendar_code, s.period_code
