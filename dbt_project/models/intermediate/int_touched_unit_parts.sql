-- A value changed.
select
    t.formula_code,
    t.formula_version,
    c.period_code as part_code,
    c.unit_id
from {{ ref('int_touched_cells') }} as c
inner join {{ ref('int_part_terms') }} as t
    on
        c.period_code = t.part_code and c.calendar_code = t.calendar_code
        and c.indicator_code = t.indicator_code and c.breakdown_code = t.breakdown_code
union
-- An answer without values changed: a nil, or whom a form speaks for.
select
    t.formula_code,
    t.formula_version,
    a.period_code as part_code,
    a.unit_id
from {{ ref('int_touched_answers') }} as a
inner join {{ ref('form_fields') }} as d using (form_code)
inner join {{ ref('int_part_terms') }} as t
    on
        a.period_code = t.part_code and a.calendar_code = t.calendar_code
        and d.indicator_code = t.indicator_code
union
-- A window ended since the last computation, the first one that looks at the part.
select
    a.formula_code,
    a.formula_version,
    a.part_code,
    a.unit_id
from {{ ref('int_new_part_answers') }} as a
order by part_code, unit_id, formula_code, formula_version
