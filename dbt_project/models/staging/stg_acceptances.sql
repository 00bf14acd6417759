{{ config(materialized='ephemeral') }}

select
    t.submission_id,
    min(n.as_of) as accepted_as_of
from {{ source('raw', 'submission_states') }} as t
inner join {{ source('raw', 'nights') }} as n using (night_id)
where t.state = 'accepted'
group by t.submission_id
