select distinct
    t.form_code,
    t.calendar_code,
    t.period_code,
    u.kind as unit_kind,
    a.ancestor_id as group_unit_id
from {{ ref('int_touched_obligations') }} as t
inner join {{ ref('units') }} as u using (unit_id)
inner join {{ ref('stg_unit_ancestors') }} as a using (unit_id)
-- A unit is no group of its own, but for one that has nobody above.
where t.unit_id <> a.ancestor_id or u.parent_id is null
