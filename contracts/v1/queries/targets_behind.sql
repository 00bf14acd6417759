-- purpose: Primary figures of a period that are behind their target, with the act that sets it and the gap.
-- columns:
--   kpi_code: text
--   unit_id: text
--   name_vi: text
--   calendar_code: text
--   value: numeric
--   target_operator: text
--   target_value: numeric
--   gap: numeric
--   target_year: integer
--   act: text
-- one_per: [kpi_code, unit_id, calendar_code]
-- as_many_as: >
--   select count(*) from kpi_values as v inner join units as u using (unit_id)
--   where v.period_code = :'period_code' and v.is_primary and v.target_status = 'behind'
-- parameters:
--   period_code: select max(period_code) from kpi_values
-- limit_ms: 500
select
    v.kpi_code,
    v.unit_id,
    u.name_vi,
    v.calendar_code,
    v.value,
    v.target_operator,
    v.target_value,
    v.value - v.target_value as gap,
    t.target_year,
    t.act
from kpi_values as v
inner join units as u using (unit_id)
inner join targets as t using (target_code, target_version)
where v.period_code = :'period_code' and v.is_primary and v.target_status = 'behind'
order by v.kpi_code, u.sort_key;
