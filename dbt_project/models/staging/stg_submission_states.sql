{{ config(materialized='ephemeral') }}

select distinct on (c.submission_id)
    c.submission_id,
    c.state,
    c.state_as_of
from {{ ref('stg_state_changes') }} as c
order by c.submission_id asc, c.state_seq desc
