{{ config(materialized='ephemeral') }}

select
    u.formula_code,
    u.formula_version,
    u.unit_id,
    p.part_number,
    v.value,
    u.numerator,
    u.denominator
from {{ ref('int_formula_parts') }} as p
inner join {{ ref('int_unit_parts') }} as u using (formula_code, formula_version, part_code)
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
inner join lateral (
    select
        case
            when f.has_denominator
                then {{ many_digits('u.numerator', 'u.denominator') }}
            else u.numerator
        end as value
) as v on v.value is not null
where u.is_counted
