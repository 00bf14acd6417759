{{ config(materialized='ephemeral') }}

select
    r.form_code,
    r.calendar_code,
    r.period_code,
    u.kind as unit_kind,
    a.ancestor_id as group_unit_id,
    cast(count(*) filter (where r.is_owed) as integer) as owed,
    cast(count(*) filter (where r.is_filed) as integer) as filed,
    cast(count(*) filter (where r.is_filed and not r.is_late) as integer) as filed_on_time,
    cast(count(*) filter (where r.is_filed and r.is_late) as integer) as filed_late,
    cast(count(*) filter (where r.is_filed and r.is_nil) as integer) as nil,
    cast(count(*) filter (where r.state in ('not_due', 'due')) as integer) as open,
    cast(count(*) filter (where r.state = 'late') as integer) as late,
    cast(count(*) filter (where r.state = 'held') as integer) as held,
    cast(count(*) filter (where r.state = 'blocked') as integer) as blocked,
    cast(count(*) filter (where r.state = 'missing') as integer) as missing,
    cast(count(*) filter (where r.state = 'not_applicable') as integer) as not_applicable,
    cast(count(*) filter (where not r.is_owed and r.submission_id is not null) as integer) as extra
from {{ ref('int_readiness') }} as r
inner join {{ ref('units') }} as u using (unit_id)
inner join {{ ref('stg_unit_ancestors') }} as a using (unit_id)
-- A unit is no group of its own, but for one that has nobody above.
where r.unit_id <> a.ancestor_id or u.parent_id is null
group by r.form_code, r.calendar_code, r.period_code, u.kind, a.ancestor_id
