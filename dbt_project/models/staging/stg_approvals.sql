{{ config(materialized='ephemeral') }}

select
    a.approval_id,
    a.decided_at,
    p.as_of as published_as_of
from {{ source('national', 'approvals') }} as a
inner join {{ source('reporting', 'publications') }} as p using (publication_id)
where a.decision = 'approved'
