select
    x.from_unit_id as unit_id,
    x.to_unit_id as current_unit_id,
    x.share_kind,
    x.share,
    x.share is not null as is_known,
    x.confirmed as is_confirmed
from {{ ref('unit_crosswalk') }} as x
inner join {{ ref('boundary_versions') }} as b on x.valid_on = b.first_day
where {{ as_of_day() }} between b.first_day and coalesce(b.last_day, 'infinity')
