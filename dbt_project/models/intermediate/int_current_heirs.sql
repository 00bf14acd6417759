with nearest as (
    -- What was closed without a known successor lies in whatever the unit above it is now.
    select distinct on (a.unit_id)
        a.unit_id,
        a.ancestor_id
    from {{ ref('stg_unit_ancestors') }} as a
    inner join {{ ref('stg_unit_levels') }} as l on a.ancestor_id = l.unit_id
    where a.ancestor_id in (select x.unit_id from {{ ref('int_current_crosswalk') }} as x)
    order by a.unit_id asc, l.unit_level desc
)

select
    n.unit_id,
    x.current_unit_id,
    x.share_kind,
    case
        when n.unit_id = n.ancestor_id then x.share
        when count(*) over (partition by n.unit_id, x.share_kind) = 1 then 1
    end as share,
    x.is_confirmed
from nearest as n
inner join {{ ref('int_current_crosswalk') }} as x on n.ancestor_id = x.unit_id
