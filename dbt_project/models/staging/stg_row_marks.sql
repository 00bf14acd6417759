{{ config(
    materialized='incremental',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': true}]
) }}

-- A row with several marks is what the gravest of them says.
select distinct on (c.submission_id, c.sheet_name, c.row_number)
    c.submission_id,
    c.sheet_name,
    c.row_number,
    case
        when c.opens_section then 'section'
        when t.is_blank then 'blank'
        when coalesce(m.mark_kind, 'unit') = 'unit' then 'data'
        else m.mark_kind
    end as row_kind,
    m.marked_unit_id
from {{ ref('stg_row_sections') }} as c
inner join {{ submissions_to_stage() }} using (submission_id)
inner join {{ ref('stg_row_texts') }} as t using (submission_id, sheet_name, row_number)
left join {{ ref('stg_marked_cells') }} as m
    on
        c.submission_id = m.submission_id and c.sheet_name = m.sheet_name and c.row_number = m.row_number
        and m.mark_kind <> 'section' and (m.mark_section_code is null or c.section_code = m.mark_section_code)
order by
    c.submission_id, c.sheet_name, c.row_number,
    array_position(array['end', 'grand_total', 'total', 'rate', 'unit'], m.mark_kind), m.marked_unit_id
