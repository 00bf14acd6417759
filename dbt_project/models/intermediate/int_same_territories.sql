select distinct
    x.to_unit_id as unit_id,
    x.from_unit_id as earlier_unit_id
from {{ ref('unit_crosswalk') }} as x
where x.is_same_territory
