-- purpose: Board of the start page, every primary KPI of the province in its newest month, beside the target.
-- columns:
--   read_publication_id: bigint
--   kpi_code: text
--   name_vi: text
--   calendar_code: text
--   period_code: text
--   value: numeric
--   unit_of_measure: text
--   data_state: text
--   reason: text
--   units_counted: integer
--   units_owed: integer
--   target_value: numeric
--   target_status: text
--   is_stale: boolean
--   confirmed: boolean
-- one_per: [kpi_code, calendar_code]
-- as_many_as: >
--   select count(distinct (v.kpi_code, v.calendar_code))
--   from kpi_values as v inner join units as u using (unit_id)
--   where u.parent_id is null and v.is_primary and v.period_kind = 'month'
-- limit_ms: 200
with
newest as (
    select distinct on (v.kpi_code, v.calendar_code)
        v.kpi_code,
        v.formula_code,
        v.formula_version,
        v.calendar_code,
        v.period_code,
        v.value,
        v.unit_of_measure,
        v.data_state,
        v.reason,
        v.units_counted,
        v.units_owed,
        v.target_value,
        v.target_status,
        v.is_stale,
        v.confirmed
    from kpi_values as v
    inner join units as u using (unit_id)
    where u.parent_id is null and v.is_primary and v.period_kind = 'month'
    order by v.kpi_code asc, v.calendar_code asc, v.last_day desc, u.valid_from desc
)

select
    (select max(p.publication_id) from publications as p) as read_publication_id,
    n.kpi_code,
    k.name_vi,
    n.calendar_code,
    n.period_code,
    n.value,
    n.unit_of_measure,
    n.data_state,
    n.reason,
    n.units_counted,
    n.units_owed,
    n.target_value,
    n.target_status,
    n.is_stale,
    n.confirmed
from newest as n
inner join kpis as k using (kpi_code, formula_code, formula_version)
order by k.sort_order, n.kpi_code;
