{{ config(materialized='incremental', indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number']}]) }}

select distinct
    c.submission_id,
    c.sheet_name,
    c.row_number,
    m.row_kind as mark_kind,
    m.section_code as mark_section_code,
    m.unit_id as marked_unit_id
from {{ ref('stg_cells') }} as c
inner join {{ submissions_to_stage() }} using (submission_id)
inner join {{ ref('stg_row_texts') }} as t using (submission_id, sheet_name, row_number)
inner join {{ ref('form_rows') }} as m
    on
        c.form_code = m.form_code and c.form_version = m.form_version and c.field_code = m.field_code
        and {{ match_key('c.cell_text') }} is not distinct from m.match_key
where
    (c.cell_text is not null or t.has_figures)
    and not (m.row_kind = 'section' and t.has_figures)
