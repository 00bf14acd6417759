{{ config(materialized='ephemeral') }}

select
    a.approval_id,
    p.as_of as published_as_of,
    p.published_at,
    -- On the clock of nights, so that a night of the past run today sees what earlier nights led to.
    p.as_of + (a.decided_at - p.published_at) as decided_at
from {{ source('national', 'approvals') }} as a
inner join {{ source('reporting', 'publications') }} as p using (publication_id)
left join {{ ref('stg_current_computation') }} as c on true
where a.decision = 'approved' and a.approval_id <= coalesce(c.approvals_read, a.approval_id)
