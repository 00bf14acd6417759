with recursive climbed as (
    select
        u.unit_id,
        u.unit_id as ancestor_id
    from {{ ref('units') }} as u
    union all
    select
        c.unit_id,
        u.parent_id as ancestor_id
    from climbed as c
    inner join {{ ref('units') }} as u on c.ancestor_id = u.unit_id
    where u.parent_id is not null
)

select
    c.unit_id,
    c.ancestor_id
from climbed as c
