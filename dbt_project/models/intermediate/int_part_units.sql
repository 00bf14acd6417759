with expected as (
    select formula_code, formula_version, calendar_code, part_code, unit_id from {{ ref('int_owed_parts') }}
    union
    select formula_code, formula_version, calendar_code, part_code, unit_id from {{ ref('int_unit_parts') }}
)

select
    e.formula_code,
    e.formula_version,
    e.calendar_code,
    e.part_code,
    e.unit_id,
    o.unit_id is not null as is_owed,
    u.numerator,
    u.denominator,
    coalesce(u.is_whole or k.missing_mode = 'partial_zero', n.unit_id is not null) as is_counted,
    u.unit_id is not null and not u.is_whole and k.missing_mode = 'non_null' as misses_a_part
from expected as e
inner join {{ ref('kpi_formulas') }} as k using (formula_code, formula_version)
left join {{ ref('int_owed_parts') }} as o using (formula_code, formula_version, calendar_code, part_code, unit_id)
left join {{ ref('int_unit_parts') }} as u using (formula_code, formula_version, calendar_code, part_code, unit_id)
left join {{ ref('int_unit_filings') }} as n using (formula_code, formula_version, calendar_code, part_code, unit_id)
