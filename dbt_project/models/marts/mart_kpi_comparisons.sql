with compared as (
    select
        f.*,
        p.compared_with,
        p.base_period_code,
        p.base_last_day
    from {{ ref('mart_kpi_values') }} as f
    inner join {{ ref('int_period_bases') }} as p using (calendar_code, period_code)
)

select
    v.kpi_code,
    v.formula_code,
    v.formula_version,
    v.unit_id,
    v.unit_code,
    v.calendar_code,
    v.period_code,
    v.period_kind,
    v.last_day,
    v.compared_with,
    v.base_period_code,
    b.unit_id as base_unit_id,
    b.basis,
    v.value,
    b.value as base_value,
    case when j.reason is null then v.value - b.value end as change,
    case v.unit_of_measure when '%' then 'percentage points' else v.unit_of_measure end as change_unit,
    case
        when j.reason is null and v.unit_of_measure <> '%'
            then {{ divide_and_round('(v.value - b.value) * 100', 'nullif(abs(b.value), 0)', '2') }}
    end as change_percent,
    v.data_state,
    b.data_state as base_data_state,
    case
        when v.value is null then 'absent'
        when j.reason is null then 'comparable'
        when j.reason in ('boundaries', 'formula_version') then 'not_comparable'
        else 'no_base'
    end as status,
    j.reason as status_reason,
    coalesce(b.is_estimate, false) as is_estimate,
    v.is_primary,
    v.confirmed and coalesce(b.confirmed, true) as confirmed
from {{ touched_rows(
    'compared', 'v', ref('int_touched_comparisons'),
    ['kpi_code', 'formula_code', 'unit_id', 'calendar_code', 'period_code', 'compared_with']
) }}
inner join {{ ref('units') }} as u on v.unit_id = u.unit_id
left join {{ ref('mart_kpi_values') }} as own
    on
        v.kpi_code = own.kpi_code and v.formula_code = own.formula_code and v.unit_id = own.unit_id
        and v.calendar_code = own.calendar_code and v.base_period_code = own.period_code
left join lateral (
    {{ base_figure('v', 'own') }}
) as b on true
inner join lateral (
    {{ no_comparison_because('v', 'b', 'u') }}
) as j on true
order by v.period_code, v.unit_id, v.kpi_code, v.formula_code, v.calendar_code, v.compared_with
