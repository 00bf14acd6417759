with heirs as (
    select
        h.*,
        count(*) over (partition by h.unit_id, h.share_kind) as heirs
    from {{ ref('int_current_heirs') }} as h
)

select
    h.unit_id,
    a.ancestor_id as current_unit_id,
    h.share_kind,
    case
        -- Where all heirs lie below one unit it holds the whole, however it was divided.
        when count(*) = h.heirs then 1
        when bool_and(h.share is not null) then sum(h.share)
    end as share,
    bool_and(h.is_confirmed) as is_confirmed
from heirs as h
inner join {{ ref('stg_unit_ancestors') }} as a on h.current_unit_id = a.unit_id
group by h.unit_id, a.ancestor_id, h.share_kind, h.heirs
