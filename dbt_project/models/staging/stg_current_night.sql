{{ config(materialized='ephemeral') }}

select
    n.night_id,
    n.as_of,
    {{ day_in_vietnam('n.as_of') }} as as_of_day
from {{ source('raw', 'nights') }} as n
inner join {{ source('raw', 'current_night') }} using (night_id)
