-- Asked for by their whole key: by formula and unit alone each would cost as much as there are parts.
with later as materialized (
    select distinct
        n.formula_code,
        n.formula_version,
        n.part_code,
        t.unit_id
    from {{ ref('int_touched_unit_parts') }} as t
    inner join {{ ref('int_formula_parts') }} as p using (formula_code, formula_version, part_code)
    inner join {{ ref('int_formula_parts') }} as n
        on
            p.formula_code = n.formula_code and p.formula_version = n.formula_version
            and n.part_number between p.part_number + 1 and p.part_number + 12
)

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
from later
inner join {{ ref('int_unit_parts') }} as m using (formula_code, formula_version, part_code, unit_id)
where m.is_owed and not m.is_counted
order by part_code, unit_id, formula_code, formula_version
