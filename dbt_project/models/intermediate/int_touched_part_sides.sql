select distinct
    t.formula_code,
    t.formula_version,
    t.part_code,
    a.ancestor_id as unit_id
from {{ ref('int_touched_missing_parts') }} as t
inner join {{ ref('stg_unit_ancestors') }} as a using (unit_id)
order by t.part_code, a.ancestor_id, t.formula_code, t.formula_version
