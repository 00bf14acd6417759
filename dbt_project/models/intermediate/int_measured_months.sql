{{ config(materialized='ephemeral') }}

select
    p.calendar_code,
    p.period_code,
    p.last_day,
    u.unit_id,
    u.code as unit_code
from {{ ref('int_ended_periods') }} as p
inner join {{ ref('settings') }} as c on c.setting = 'measured_calendar' and p.calendar_code = c.value
inner join {{ ref('units') }} as u on u.parent_id is null and {{ holds_on('p.last_day', 'u') }}
where
    p.period_kind = 'month'
    and p.last_day >= (select {{ day_in_vietnam('min(s.received_at)') }} from {{ ref('stg_filings') }} as s)
