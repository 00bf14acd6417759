-- A view: the door changes states between staging and the figures.
{{ config(materialized='view') }}

select
    t.submission_id,
    t.state_seq,
    t.state,
    w.as_of as state_as_of
from {{ source('raw', 'submission_states') }} as t
inner join {{ source('raw', 'nights') }} as w using (night_id)
where w.as_of <= {{ as_of() }}
