with missing as (
    select
        u.formula_code,
        u.formula_version,
        u.part_code,
        u.unit_id,
        p.part_number
    from {{ ref('int_unit_parts') }} as u
    inner join {{ ref('int_formula_parts') }} as p using (formula_code, formula_version, part_code)
    {{ only_touched(
        ref('int_touched_missing_parts'), 'u',
        ['part_code', 'formula_code', 'formula_version', 'unit_id']
    ) }}
    where u.is_owed and not u.is_counted
),

ranked as (
    select
        m.*,
        array[r.value, -r.part_number, r.numerator, r.denominator] as low_rank,
        array[r.value, r.part_number, r.numerator, r.denominator] as high_rank
    from missing as m
    left join {{ ref('int_reported_parts') }} as r
        on
            m.formula_code = r.formula_code and m.formula_version = r.formula_version
            and m.unit_id = r.unit_id and r.part_number between m.part_number - 12 and m.part_number - 1
)

select
    r.formula_code,
    r.formula_version,
    r.part_code,
    r.unit_id,
    (min(r.low_rank))[3] as low_numerator,
    (min(r.low_rank))[4] as low_denominator,
    (max(r.high_rank))[3] as high_numerator,
    (max(r.high_rank))[4] as high_denominator
from ranked as r
group by r.formula_code, r.formula_version, r.part_code, r.unit_id
