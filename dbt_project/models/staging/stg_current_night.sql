{{ config(materialized='ephemeral') }}

select
    n.night_id,
    n.as_of,
    {{ day_in_vietnam('n.as_of') }} as as_of_day
from {{ source('raw', 'nights') }} as n
-- A rebuild looks from a night of its own.
where n.night_id = coalesce(
        nullif('{{ looking_from() }}', ''),
        (select c.night_id from {{ source('raw', 'current_night') }} as c)
    )
