select
    v.kpi_code,
    v.formula_code,
    v.unit_id,
    v.calendar_code,
    v.period_code,
    t.target_code,
    t.target_version,
    t.operator as target_operator,
    t.threshold as target_value,
    t.threshold_high as target_value_high,
    case
        when t.operator = 'unquantified' then 'unquantified'
        when v.value is null then 'no_data'
        when c.is_reached then 'reached'
        else 'behind'
    end as target_status
from {{ ref('int_all_kpi_values') }} as v
inner join {{ ref('kpis') }} as k using (kpi_code)
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
inner join {{ ref('int_kpi_targets') }} as t
    on v.kpi_code = t.kpi_code and v.unit_kind = t.unit_kind and p.year = t.year
inner join lateral (
    select
        case
            when t.operator = 'between' then v.value between t.threshold and t.threshold_high
            -- A plan that says "= 70 %" is fulfilled by more, or by less where less is better.
            when t.operator = '=' and k.direction = 'range' then v.value = t.threshold
            when t.operator = '<=' or (t.operator = '=' and k.direction = 'lower') then v.value <= t.threshold
            else v.value >= t.threshold
        end as is_reached
) as c on true
where v.is_primary
