{{ config(materialized='ephemeral') }}

select distinct on (t.submission_id)
    t.submission_id,
    t.state,
    n.as_of as state_as_of
from {{ source('raw', 'submission_states') }} as t
inner join {{ source('raw', 'nights') }} as n using (night_id)
order by t.submission_id asc, t.state_seq desc
