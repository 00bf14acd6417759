{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='submission_id',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': True}]
) }}

select
    k.submission_id,
    k.sheet_name,
    k.row_number,
    case
        when k.row_kind <> 'data' or f.layout = 'table' or i.field_code is not null then k.row_kind
        when v.cell_text is null then 'outside'
        else 'data'
    end as row_kind,
    k.section_code,
    case when f.layout = 'list' or not d.names_units then s.sender_unit_id else coalesce(k.marked_unit_id, u.unit_id) end
        as unit_id,
    case when d.names_breakdowns then b.breakdown_code else 'total' end as breakdown_code,
    i.field_code as item_field_code,
    n.meaning as note_meaning,
    coalesce(n.period_code, s.period_code) as period_code,
    case
        when k.row_kind <> 'data' then null
        when f.layout = 'list' and i.field_code is null and v.cell_text is not null then 'item_unknown'
        when f.layout = 'table' and d.names_units and k.marked_unit_id is null and u.unit_id is null then 'unit_unknown'
        when u.units_found > 1 then 'unit_ambiguous'
        when u.matched_by = 'plain_name' and n.meaning is null then 'note_unknown'
        when d.names_breakdowns and b.breakdown_code is null then 'breakdown_unknown'
    end as problem
from {{ ref('stg_row_kinds') }} as k
inner join {{ ref('stg_submissions') }} as s using (submission_id)
inner join {{ ref('forms') }} as f on s.form_code = f.form_code and s.form_version = f.form_version
inner join {{ ref('stg_form_shapes') }} as d on s.form_code = d.form_code and s.form_version = d.form_version
left join {{ ref('stg_row_units') }} as u using (submission_id, sheet_name, row_number)
left join {{ ref('form_notes') }} as n
    on s.form_code = n.form_code and k.note_key = n.match_key and coalesce(u.matched_by, 'plain_name') = 'plain_name'
left join {{ ref('breakdowns') }} as b
    on b.breakdown_code <> 'total' and (k.breakdown = b.breakdown_code or k.breakdown = b.name_vi)
left join {{ ref('form_fields') }} as i
    on
        f.layout = 'list' and i.role = 'indicator'
        and s.form_code = i.form_code and s.form_version = i.form_version and k.item_code = i.item_code
left join {{ ref('stg_cells') }} as v
    on
        k.submission_id = v.submission_id and k.sheet_name = v.sheet_name and k.row_number = v.row_number
        and v.role = 'value'
where {{ is_to_be_staged('s') }}
