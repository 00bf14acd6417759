select
    s.formula_code,
    s.formula_version,
    s.part_code,
    s.unit_id,
    case
        when f.over_units = 'last' then s.last_answer[3]
        when f.over_units = 'province_only' and s.units_counted = 0 then s.spare_numerator
        else s.numerator
    end as numerator,
    case
        when f.over_units = 'last' then s.last_answer[4]
        when f.over_units = 'province_only' and s.units_counted = 0 then s.spare_denominator
        else s.denominator
    end as denominator,
    s.units_counted,
    s.units_owed,
    s.answers_counted,
    s.is_blocking,
    s.misses_a_part
from {{ touched_rows(
    ref('int_part_sides'), 's', ref('int_touched_part_sides'),
    ['part_code', 'unit_id', 'formula_code', 'formula_version']
) }}
inner join {{ ref('int_formulas') }} as f
    on s.formula_code = f.formula_code and s.formula_version = f.formula_version
inner join {{ ref('stg_unit_levels') }} as u on s.unit_id = u.unit_id
where f.over_units <> 'province_only' or u.parent_id is null
