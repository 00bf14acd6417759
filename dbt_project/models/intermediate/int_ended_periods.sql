{{ config(materialized='ephemeral') }}

select
    p.calendar_code,
    p.period_code,
    p.period_kind,
    p.first_day,
    p.last_day
from {{ ref('periods') }} as p
where p.last_day < {{ as_of_day() }}
