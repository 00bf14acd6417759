{{ config(materialized='incremental', indexes=[
    {'columns': ['submission_id', 'sheet_name', 'row_number', 'unit_id'], 'unique': true}
]) }}

with written as (
    select
        t.submission_id,
        t.sheet_name,
        t.row_number,
        t.unit_code_text is not null as has_code,
        w.key_kind,
        w.unit_key,
        w.is_full_name,
        w.likeness,
        s.sender_unit_id,
        s.last_day,
        exists(
            select 1 from {{ ref('units') }} as o
            where s.sender_unit_id = o.parent_id
        ) as sender_has_units
    from {{ ref('stg_row_kinds') }} as k
    inner join {{ ref('stg_row_texts') }} as t using (submission_id, sheet_name, row_number)
    inner join {{ submissions_to_stage() }} as s using (submission_id)
    inner join lateral (
        values
        ('code', t.unit_code_text, false, null), ('name', t.name_key, true, 3),
        ('name', t.plain_name_key, false, 3),
        ('bare_name', {{ bare_key('t.plain_name_key') }}, false, 2),
        ('folded_name', {{ folded_key('t.plain_name_key') }}, false, 1)
    ) as w (key_kind, unit_key, is_full_name, likeness) on true
    where k.row_kind = 'data' and k.marked_unit_id is null
)

select
    w.submission_id,
    w.sheet_name,
    w.row_number,
    u.unit_id,
    w.has_code,
    bool_or(w.key_kind = 'code') as is_coded,
    coalesce(max(w.likeness), 0) as name_likeness,
    bool_or(w.is_full_name) as is_named_in_full,
    bool_and(w.sender_has_units and a.unit_id is null) as is_foreign
from written as w
inner join {{ ref('stg_unit_keys') }} as u
    on w.key_kind = u.key_kind and w.unit_key = u.unit_key and {{ holds_on('w.last_day', 'u') }}
left join {{ ref('stg_unit_ancestors') }} as a
    on u.unit_id = a.unit_id and w.sender_unit_id = a.ancestor_id
where w.has_code or w.key_kind = 'name'
group by w.submission_id, w.sheet_name, w.row_number, u.unit_id, w.has_code
