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
    case when u.unit_id is not null and f.missing_mode = 'partial_zero' then coalesce(u.numerator, 0) else u.numerator end
        as numerator,
    case
        when u.unit_id is not null and f.missing_mode = 'partial_zero' and f.has_denominator
            then coalesce(u.denominator, 0)
        else u.denominator
    end as denominator,
    n.unit_id is not null or (u.unit_id is not null and (u.is_whole or f.missing_mode = 'partial_zero')) as is_counted,
    u.unit_id is not null and not u.is_whole and f.missing_mode = 'non_null' as misses_a_part
from expected as e
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
left join {{ ref('int_owed_parts') }} as o using (formula_code, formula_version, calendar_code, part_code, unit_id)
left join {{ ref('int_unit_parts') }} as u using (formula_code, formula_version, calendar_code, part_code, unit_id)
left join {{ ref('int_nil_parts') }} as n using (formula_code, formula_version, calendar_code, part_code, unit_id)
