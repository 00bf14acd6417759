with answers as (
    select
        coalesce(o.formula_code, u.formula_code) as formula_code,
        coalesce(o.formula_version, u.formula_version) as formula_version,
        coalesce(o.calendar_code, u.calendar_code) as calendar_code,
        coalesce(o.part_code, u.part_code) as part_code,
        coalesce(o.unit_id, u.unit_id) as unit_id,
        u.numerator,
        u.denominator,
        o.unit_id is not null as is_owed,
        u.unit_id is not null as is_answered,
        coalesce(u.is_whole, false) as is_whole
    from {{ ref('int_owed_parts') }} as o
    full join {{ ref('int_unit_parts') }} as u
        using (formula_code, formula_version, calendar_code, part_code, unit_id)
)

select
    a.formula_code,
    a.formula_version,
    a.calendar_code,
    a.part_code,
    a.unit_id,
    a.is_owed,
    case when z.is_zero then coalesce(a.numerator, 0) else a.numerator end as numerator,
    case when z.is_zero and f.has_denominator then coalesce(a.denominator, 0) else a.denominator end
        as denominator,
    -- What only the province has is not added up: of several filers those who owe it are believed.
    (a.is_whole or z.is_zero)
    and (f.over_units = 'sum' or a.is_owed or not bool_or(a.is_owed) over same_part) as is_counted,
    a.is_answered and not a.is_whole and f.missing_mode = 'non_null' as misses_a_part
from answers as a
inner join {{ ref('int_formulas') }} as f using (formula_code, formula_version)
inner join lateral (
    select f.missing_mode = 'partial_zero' and coalesce(a.numerator, a.denominator) is not null as is_zero
) as z on true
window same_part as (partition by a.formula_code, a.formula_version, a.calendar_code, a.part_code)
