{{ config(materialized='ephemeral') }}

select
    n.night_id,
    n.as_of,
    {{ day_in_vietnam('n.as_of') }} as as_of_day
from {{ source('raw', 'nights') }} as n
where n.night_id = coalesce(
    -- A rebuild looks from a night of its own.
    nullif('{{ env_var("KPI_NIGHT_ID", "") }}', ''), (select c.night_id from {{ source('raw', 'current_night') }} as c)
)
