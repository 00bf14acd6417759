select
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.period_code,
    w.part_code,
    w.part_last_day,
    w.parts_needed
from {{ ref('int_formula_windows') }} as w
where
    w.first_part_last_day <= (
        select max(u.valid_to)
        from {{ ref('int_current_crosswalk') }} as x
        inner join {{ ref('units') }} as u using (unit_id)
        where x.unit_id <> x.current_unit_id
    )
