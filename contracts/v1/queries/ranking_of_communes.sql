-- purpose: Communes ranked by the primary figure of a KPI in its newest month, missing figures unranked.
-- columns:
--   place: bigint
--   unit_id: text
--   name_vi: text
--   calendar_code: text
--   period_code: text
--   value: numeric
--   data_state: text
--   reason: text
-- one_per: [unit_id, calendar_code]
-- as_many_as: >
--   select count(*) from kpi_values as v inner join units as u using (unit_id)
--   where u.kind = 'commune' and v.kpi_code = :'kpi_code' and v.is_primary and v.period_kind = 'month'
--       and v.last_day = (
--           select max(n.last_day)
--           from kpi_values as n inner join units as c using (unit_id)
--           where
--               c.kind = 'commune' and n.kpi_code = :'kpi_code' and n.is_primary and n.period_kind = 'month'
--       )
-- parameters:
--   kpi_code: >
--     select v.kpi_code from kpi_values as v inner join units as u using (unit_id)
--     where u.kind = 'commune' and v.is_primary order by v.kpi_code limit 1
-- limit_ms: 500
with
of_communes as (
    select
        v.unit_id,
        u.name_vi,
        u.sort_key,
        v.calendar_code,
        v.period_code,
        v.value,
        v.data_state,
        v.reason,
        case when k.direction = 'lower' then -v.value else v.value end as merit,
        v.last_day = max(v.last_day) over () as is_newest
    from kpi_values as v
    inner join units as u using (unit_id)
    inner join kpis as k using (kpi_code, formula_code, formula_version)
    where u.kind = 'commune' and v.kpi_code = :'kpi_code' and v.is_primary and v.period_kind = 'month'
)

select
    case when c.value is not null then rank() over (order by c.merit desc nulls last) end as place,
    c.unit_id,
    c.name_vi,
    c.calendar_code,
    c.period_code,
    c.value,
    c.data_state,
    c.reason
from of_communes as c
where c.is_newest
order by c.merit desc nulls last, c.sort_key asc;
