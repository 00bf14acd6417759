{{ config(materialized='incremental', indexes=[
    {'columns': ['submission_id', 'sheet_name', 'row_number'], 'unique': true}
]) }}

with cells as (
    select
        c.*,
        case
            when c.cell_type = 'string' then {{ is_closing_line('c.cell_text') }} else false
        end as is_closing
    from {{ ref('stg_cells') }} as c
    inner join {{ submissions_to_stage() }} using (submission_id)
),

texts as (
    select
        c.submission_id,
        c.sheet_name,
        c.row_number,
        max(c.cell_text) filter (where c.role = 'unit_code') as unit_code,
        max(c.cell_text) filter (where c.role = 'unit_name') as unit_name,
        max(c.cell_text) filter (where c.role = 'breakdown') as breakdown,
        max(c.cell_text) filter (where c.role = 'item_code') as item_code,
        count(c.cell_text) filter (where c.role in ('indicator', 'value')) > 0 as has_figures,
        -- Signatures often stand below a column of figures; what is no word there is meant as a figure.
        coalesce(bool_or(
            c.role in ('indicator', 'value') and c.cell_text is not null and not c.is_closing
            and (c.cell_type <> 'string' or c.cell_text ~ '[0-9]')
        ), false) as has_numbers,
        coalesce(bool_or(c.is_closing), false) as is_closing,
        count(c.cell_text) = 0 as is_blank
    from cells as c
    group by c.submission_id, c.sheet_name, c.row_number
)

select
    t.submission_id,
    t.sheet_name,
    t.row_number,
    t.unit_code as unit_code_text,
    t.item_code as item_code_text,
    {{ match_key('t.unit_name') }} as name_key,
    {{ match_key("regexp_replace(t.unit_name, '\\s*\\([^()]*\\)\\s*$', '')") }} as plain_name_key,
    {{ match_key("substring(t.unit_name from '\\(([^()]*)\\)\\s*$')") }} as note_key,
    {{ match_key('t.breakdown') }} as breakdown_key,
    t.has_figures,
    t.has_numbers,
    t.is_closing and not t.has_numbers as is_closing,
    t.is_blank
from texts as t
