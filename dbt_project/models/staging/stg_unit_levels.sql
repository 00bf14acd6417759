select
    a.unit_id,
    u.parent_id,
    cast(count(*) - 1 as integer) as unit_level
from {{ ref('stg_unit_ancestors') }} as a
inner join {{ ref('units') }} as u using (unit_id)
group by a.unit_id, u.parent_id
