select
    x.from_unit_id,
    x.to_unit_id,
    x.share_kind,
    b.first_day as valid_from,
    b.last_day as valid_to,
    x.share,
    x.is_same_territory,
    x.confirmed
from {{ ref('unit_crosswalk') }} as x
inner join {{ ref('boundary_versions') }} as b on x.valid_on = b.first_day
