select distinct on (v.kpi_code, v.formula_code, v.unit_id, v.calendar_code, v.period_code)
    v.kpi_code,
    v.formula_code,
    v.unit_id,
    v.unit_code,
    v.calendar_code,
    v.period_code,
    v.value,
    v.reason,
    t.target_code,
    t.target_version,
    t.target_year,
    t.operator,
    t.direction,
    t.threshold,
    t.threshold_high,
    t.target_from_code,
    t.target_from_version,
    t.target_value,
    t.target_value_high,
    t.is_before_due,
    c.is_comparable
from {{ ref('int_all_kpi_values') }} as v
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
inner join {{ ref('int_kpi_targets') }} as t
    on
        v.kpi_code = t.kpi_code and v.unit_kind = t.unit_kind and v.calendar_code = t.calendar_code
        and v.period_code = t.period_code and (t.unit_code is null or v.unit_id = t.unit_id)
left join {{ ref('int_formulas') }} as f
    on v.formula_code = f.formula_code and v.formula_version = f.formula_version
inner join lateral (
    select
        case when f.span <> 'period' then f.span when f.over_time = 'last' then 'last' else 'period' end
            as measured_by
) as m on true
inner join lateral (
    select
        p.period_kind = coalesce(t.period_kind, p.period_kind)
        and m.measured_by = coalesce(t.measured_by, m.measured_by) as is_comparable
) as c on true
where v.is_primary
-- A unit's own target comes before its level's, one that can be compared before others, the closer one first.
order by
    v.kpi_code asc, v.formula_code asc, v.unit_id asc, v.calendar_code asc, v.period_code asc,
    (t.unit_code is null) asc, c.is_comparable desc, (t.period_kind is null) asc, (t.measured_by is null) asc,
    t.is_registered asc
