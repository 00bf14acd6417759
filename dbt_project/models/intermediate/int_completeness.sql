{{ config(materialized='ephemeral') }}

-- Counts of siblings are added up, so that a night reads some rows per group, not every unit below it.
with placed as (
    select
        s.*,
        a.ancestor_id
    from {{ ref('int_sibling_completeness') }} as s
    inner join {{ ref('stg_unit_ancestors') }} as a on s.group_unit_id = a.unit_id
)

select
    p.form_code,
    p.calendar_code,
    p.period_code,
    p.unit_kind,
    p.ancestor_id as group_unit_id,
    cast(sum(p.owed) as integer) as owed,
    cast(sum(p.filed) as integer) as filed,
    cast(sum(p.filed_on_time) as integer) as filed_on_time,
    cast(sum(p.filed_late) as integer) as filed_late,
    cast(sum(p.nil) as integer) as nil,
    cast(sum(p.open) as integer) as open,
    cast(sum(p.late) as integer) as late,
    cast(sum(p.held) as integer) as held,
    cast(sum(p.blocked) as integer) as blocked,
    cast(sum(p.missing) as integer) as missing,
    cast(sum(p.not_applicable) as integer) as not_applicable,
    cast(sum(p.extra) as integer) as extra
from placed as p
{{ only_touched(
    ref('int_touched_completeness'), 'p',
    ['period_code', 'ancestor_id', 'form_code', 'unit_kind', 'calendar_code'], {'ancestor_id': 'group_unit_id'}
) }}
group by p.form_code, p.calendar_code, p.period_code, p.unit_kind, p.ancestor_id
