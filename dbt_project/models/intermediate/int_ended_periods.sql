{{ config(materialized='ephemeral') }}

select
    p.calendar_code,
    p.period_code,
    p.period_kind,
    p.first_day,
    p.last_day,
    min(p.first_day) over (partition by p.calendar_code, p.year) as year_first_day,
    row_number() over (partition by p.calendar_code, p.period_kind order by p.first_day) as kind_number
from {{ ref('periods') }} as p
where p.last_day < {{ as_of_day() }}
