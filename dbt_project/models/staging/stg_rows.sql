{{ config(
    materialized='incremental',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': true}]
) }}

select
    k.submission_id,
    k.sheet_name,
    k.row_number,
    case
        when k.row_kind = 'data' and f.layout = 'list' and i.field_code is null and not t.has_figures
            then 'outside'
        when f.layout = 'cells' and k.row_kind = 'outside' then 'data'
        else k.row_kind
    end as row_kind,
    c.section_code,
    case when d.names_units then coalesce(k.marked_unit_id, u.unit_id) else s.sender_unit_id end as unit_id,
    case when d.names_breakdowns then b.breakdown_code else 'total' end as breakdown_code,
    i.field_code as item_field_code,
    n.meaning as note_meaning,
    coalesce(n.period_code, s.period_code) as period_code,
    case
        when k.row_kind <> 'data' then null
        when f.layout = 'list' and i.field_code is null and t.has_figures then 'item_unknown'
        when d.names_units and k.marked_unit_id is null and u.unit_id is null then 'unit_unknown'
        when u.units_found > 1 then 'unit_ambiguous'
        when u.is_contradicted then 'unit_contradicted'
        when u.is_foreign then 'unit_foreign'
        when t.note_key is not null and n.meaning is null and u.is_named_in_full is not true
            then 'note_unknown'
        when d.names_breakdowns and b.breakdown_code is null then 'breakdown_unknown'
    end as problem
from {{ ref('stg_row_kinds') }} as k
inner join {{ ref('stg_row_texts') }} as t using (submission_id, sheet_name, row_number)
inner join {{ ref('stg_row_sections') }} as c using (submission_id, sheet_name, row_number)
inner join {{ submissions_to_stage() }} as s using (submission_id)
inner join {{ ref('forms') }} as f using (form_code, form_version)
inner join {{ ref('stg_form_shapes') }} as d using (form_code, form_version)
left join {{ ref('stg_row_units') }} as u using (submission_id, sheet_name, row_number)
left join {{ ref('stg_form_notes') }} as n
    on
        s.form_code = n.form_code and s.form_version = n.form_version and t.note_key = n.match_key
        and k.row_kind = 'data' and u.is_named_in_full is not true
        -- "Quarter III" without a year is the one that ended last, not that of another year's filing.
        and (n.last_day is null or (s.last_day >= n.last_day and s.last_day - interval '1 year' < n.last_day))
left join {{ ref('stg_breakdown_names') }} as b on t.breakdown_key = b.match_key
left join {{ ref('form_fields') }} as i
    on
        f.layout = 'list' and i.role = 'indicator'
        and s.form_code = i.form_code and s.form_version = i.form_version and t.item_code_text = i.item_code
