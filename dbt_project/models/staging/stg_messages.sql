{{ config(materialized='ephemeral') }}

with accepted as (
    select
        d.message_id,
        min(d.attempted_at) as accepted_at,
        min(d.delivery_id) as accepted_by
    from {{ source('national', 'deliveries') }} as d
    left join {{ ref('stg_current_computation') }} as c on true
    where d.state = 'accepted' and d.delivery_id <= coalesce(c.deliveries_read, d.delivery_id)
    group by d.message_id
)

select
    o.message_id,
    o.packet,
    nullif(split_part(o.business_key, '/', 2), '') as calendar_code,
    nullif(split_part(o.business_key, '/', 3), '') as period_code,
    o.revision,
    o.approval_id,
    a.decided_at,
    a.published_as_of,
    a.published_as_of + (d.accepted_at - a.published_at) as accepted_at,
    d.accepted_by
from {{ source('national', 'outbox') }} as o
inner join {{ ref('stg_approvals') }} as a using (approval_id)
left join accepted as d using (message_id)
