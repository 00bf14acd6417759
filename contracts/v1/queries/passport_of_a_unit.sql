-- purpose: The page of one unit, its newest monthly figure of every primary KPI beside that of its parent.
-- columns:
--   kpi_code: text
--   name_vi: text
--   calendar_code: text
--   period_code: text
--   value: numeric
--   value_above: numeric
--   unit_of_measure: text
--   data_state: text
--   reason: text
--   target_status: text
-- one_per: [kpi_code, calendar_code]
-- as_many_as: >
--   select count(distinct (kpi_code, calendar_code)) from kpi_values
--   where unit_id = :'unit_id' and is_primary and period_kind = 'month'
-- parameters:
--   unit_id: >
--     select unit_id from units as u where exists (select from kpi_values as v where v.unit_id = u.unit_id)
--     order by unit_id desc limit 1
-- limit_ms: 200
with
newest as (
    select distinct on (v.kpi_code, v.calendar_code)
        v.kpi_code,
        v.formula_code,
        v.formula_version,
        v.unit_id,
        v.calendar_code,
        v.period_code,
        v.value,
        v.unit_of_measure,
        v.data_state,
        v.reason,
        v.target_status
    from kpi_values as v
    where v.unit_id = :'unit_id' and v.is_primary and v.period_kind = 'month'
    order by v.kpi_code asc, v.calendar_code asc, v.last_day desc
)

select
    n.kpi_code,
    k.name_vi,
    n.calendar_code,
    n.period_code,
    n.value,
    a.value as value_above,
    n.unit_of_measure,
    n.data_state,
    n.reason,
    n.target_status
from newest as n
inner join kpis as k using (kpi_code, formula_code, formula_version)
inner join units as u using (unit_id)
left join kpi_values as a
    on
        n.kpi_code = a.kpi_code and n.formula_code = a.formula_code and u.parent_id = a.unit_id
        and n.calendar_code = a.calendar_code and n.period_code = a.period_code
order by k.sort_order, n.kpi_code;
