{{ config(materialized='ephemeral') }}

-- Of each series the next milestone from the period's year on, else the last one before, else the one without
-- a year. The version is that of the period's last day: a later act changes no comparison before it.
select distinct on (p.calendar_code, p.period_code, t.series)
    p.calendar_code,
    p.period_code,
    p.year,
    p.last_day,
    t.series,
    t.target_code,
    t.target_version
from {{ ref('periods') }} as p
inner join {{ ref('int_targets') }} as t
    on
        {{ holds_on('p.last_day', 't') }}
        and (t.trajectory <> 'none' or p.year = t.target_year)
order by
    p.calendar_code asc, p.period_code asc, t.series asc, (t.target_year is null) asc,
    (t.target_year < p.year) asc, abs(t.target_year - p.year) asc, t.target_code asc
