-- purpose: Figures of competing formulas beside the primary one, for the unit and period on the screen.
-- columns:
--   kpi_code: text
--   formula_code: text
--   calendar_code: text
--   period_code: text
--   formula_vi: text
--   value: numeric
--   primary_formula_code: text
--   primary_value: numeric
--   difference: numeric
-- one_per: [kpi_code, formula_code, calendar_code, period_code]
-- parameters:
--   unit_id: select max(unit_id) from units where parent_id is null
--   period_code: select max(period_code) from kpi_values
-- limit_ms: 200
select
    o.kpi_code,
    o.formula_code,
    o.calendar_code,
    o.period_code,
    k.formula_vi,
    o.value,
    p.formula_code as primary_formula_code,
    p.value as primary_value,
    o.value - p.value as difference
from kpi_values as o
inner join kpi_values as p using (kpi_code, unit_id, calendar_code, period_code)
inner join kpis as k
    on o.kpi_code = k.kpi_code and o.formula_code = k.formula_code and o.formula_version = k.formula_version
where o.unit_id = :'unit_id' and o.period_code = :'period_code' and not o.is_primary and p.is_primary
order by o.kpi_code, o.formula_code;
