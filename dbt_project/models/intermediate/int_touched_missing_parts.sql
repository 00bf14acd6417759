select
    t.formula_code,
    t.formula_version,
    t.part_code,
    t.unit_id
from {{ ref('int_touched_unit_parts') }} as t
union
-- What a unit reported says where its later silent parts may lie.
select
    m.formula_code,
    m.formula_version,
    m.part_code,
    m.unit_id
from {{ ref('int_touched_unit_parts') }} as t
inner join {{ ref('int_formula_parts') }} as p using (formula_code, formula_version, part_code)
inner join {{ ref('int_formula_parts') }} as n
    on
        p.formula_code = n.formula_code and p.formula_version = n.formula_version
        and n.part_number between p.part_number + 1 and p.part_number + 12
inner join {{ ref('int_unit_parts') }} as m
    on
        n.part_code = m.part_code and t.unit_id = m.unit_id and t.formula_code = m.formula_code
        and t.formula_version = m.formula_version
where m.is_owed and not m.is_counted
