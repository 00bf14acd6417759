with unquantified as (
    select k.*
    from {{ ref('kpis') }} as k
    where not exists (select 1 from {{ ref('kpi_formulas') }} as f where f.kpi_code = k.kpi_code)
),

computed as (
    select
        v.kpi_code, v.formula_code, v.formula_version, v.unit_id, v.unit_code, v.unit_kind, v.calendar_code,
        v.period_code, v.value, v.numerator, v.denominator, v.unit_of_measure, v.units_counted, v.units_owed,
        case
            when v.value is null then 'absent' when v.is_whole and not v.misses_a_part then 'complete' else 'partial'
        end as data_state,
        v.reason, v.is_primary, v.is_confirmed
    from {{ ref('int_kpi_values') }} as v
    union all
    select
        k.kpi_code, '', 0, u.unit_id, u.code, u.kind, p.calendar_code, p.period_code, null, null, null,
        k.unit_of_measure, 0, 0, 'absent', 'unquantified', true, k.confirmed
    from unquantified as k
    inner join {{ ref('units') }} as u on u.parent_id is null
    inner join (select distinct calendar_code, period_code from {{ ref('int_measured_observations') }}) as p on true
)

select
    c.kpi_code, c.formula_code, c.formula_version, c.unit_id, c.unit_code, c.calendar_code, c.period_code,
    p.period_kind, p.first_day, p.last_day, c.value, c.numerator, c.denominator, c.unit_of_measure,
    c.units_counted, c.units_owed, c.data_state, c.reason, c.is_primary,
    c.is_confirmed as confirmed,
    t.target_code, t.target_version, t.operator as target_operator, t.threshold as target_value,
    t.threshold_high as target_value_high,
    case
        when t.target_code is null then 'no_target'
        when t.operator = 'unquantified' then 'unquantified'
        when c.value is null then 'no_data'
        when
            (t.operator in ('>=', '=') and c.value >= t.threshold)
            or (t.operator = '<=' and c.value <= t.threshold)
            or (t.operator = 'between' and c.value between t.threshold and t.threshold_high)
            then 'reached'
        else 'behind'
    end as target_status
from computed as c
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
left join {{ ref('int_kpi_targets') }} as t
    on c.is_primary and c.kpi_code = t.kpi_code and c.unit_kind = t.unit_kind and p.year = t.year
