{{ config(
    materialized='incremental',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number', 'column_number'], 'unique': true}]
) }}

-- Kept as parsed: otherwise a row is parsed anew for each of its cells.
with sent as materialized (
    select
        r.submission_id,
        r.sheet_name,
        r.row_number,
        cast(r.cells as jsonb) as cells
    from {{ source('raw', 'sheet_rows') }} as r
    inner join {{ source('raw', 'readings') }} as g using (submission_id, sheet_name)
    where
        r.row_number between g.first_row and g.last_row
        {% if is_incremental() %}
            -- An array, and not a join, lets the index over ranges of pages be asked for all of them at once.
            and r.submission_id = any(array(select n.submission_id from {{ submissions_to_stage() }} as n))
        {% endif %}
)

select
    s.submission_id,
    r.sheet_name,
    r.row_number,
    l.column_number,
    {{ cell_address('l.column_number', 'r.row_number') }} as cell,
    s.form_code,
    s.form_version,
    l.field_code,
    f.role,
    case
        when jsonb_typeof(r.cells -> (l.column_number - 1)) = 'object' then 'error'
        else jsonb_typeof(r.cells -> (l.column_number - 1))
    end as cell_type,
    nullif(btrim(regexp_replace(r.cells ->> (l.column_number - 1), '[\s\u00a0\u2007\u202f]+', ' ', 'g')), '')
        as cell_text
from {{ submissions_to_stage() }} as s
inner join sent as r using (submission_id)
inner join {{ source('raw', 'layout_columns') }} as l
    on s.submission_id = l.submission_id and (l.row_number is null or r.row_number = l.row_number)
inner join {{ ref('form_fields') }} as f
    on s.form_code = f.form_code and s.form_version = f.form_version and l.field_code = f.field_code
