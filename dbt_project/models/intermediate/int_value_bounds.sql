{{ config(materialized='ephemeral') }}

with missing as (
    select
        v.formula_code,
        v.formula_version,
        v.calendar_code,
        v.period_code,
        v.unit_id,
        sum(m.low_numerator) as low_numerator,
        sum(m.low_denominator) as low_denominator,
        sum(m.high_numerator) as high_numerator,
        sum(m.high_denominator) as high_denominator,
        count(distinct m.part_code) filter (where s.numerator is null) as parts_filled,
        bool_and(m.low_numerator is not null) as is_known
    from {{ ref('int_kpi_values') }} as v
    inner join {{ ref('int_formula_windows') }}
        using (formula_code, formula_version, calendar_code, period_code)
    inner join {{ ref('int_missing_parts') }} as m using (formula_code, formula_version, part_code)
    inner join {{ ref('stg_unit_ancestors') }} as a on m.unit_id = a.unit_id and v.unit_id = a.ancestor_id
    left join {{ ref('int_unit_sides') }} as s
        on
            m.part_code = s.part_code and v.unit_id = s.unit_id and m.formula_code = s.formula_code
            and m.formula_version = s.formula_version
    where v.data_state = 'partial'
    group by v.formula_code, v.formula_version, v.calendar_code, v.period_code, v.unit_id
)

select
    m.formula_code,
    m.formula_version,
    m.calendar_code,
    m.period_code,
    m.unit_id,
    s.numerator + m.low_numerator as low_numerator,
    s.denominator + case when f.has_denominator then m.low_denominator else m.parts_filled end
        as low_denominator,
    s.numerator + m.high_numerator as high_numerator,
    s.denominator + case when f.has_denominator then m.high_denominator else m.parts_filled end
        as high_denominator
from missing as m
inner join {{ ref('int_kpi_sides') }} as s
    using (formula_code, formula_version, calendar_code, period_code, unit_id)
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
where m.is_known and f.over_units in ('sum', 'weighted') and f.over_time in ('sum', 'average', 'last')
