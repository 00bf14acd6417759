-- purpose: The chart behind a KPI, its primary figures of the province by month with target and interval.
-- columns:
--   unit_id: text
--   calendar_code: text
--   period_code: text
--   first_day: date
--   last_day: date
--   value: numeric
--   value_low: numeric
--   value_high: numeric
--   coverage: numeric
--   reason: text
--   target_value: numeric
-- one_per: [unit_id, calendar_code, period_code]
-- parameters:
--   kpi_code: select min(kpi_code) from kpi_values where is_primary
-- limit_ms: 200
select
    v.unit_id,
    v.calendar_code,
    v.period_code,
    v.first_day,
    v.last_day,
    v.value,
    v.value_low,
    v.value_high,
    v.coverage,
    v.reason,
    v.target_value
from kpi_values as v
inner join units as u using (unit_id)
where u.parent_id is null and v.kpi_code = :'kpi_code' and v.is_primary and v.period_kind = 'month'
order by v.last_day, v.calendar_code, v.unit_id;
