{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='submission_id') }}

with texts as (
    select
        c.submission_id,
        c.sheet_name,
        c.row_number,
        max(c.cell_text) filter (where c.role = 'unit_code') as unit_code,
        max(c.cell_text) filter (where c.role = 'unit_name') as unit_name,
        max(c.cell_text) filter (where c.role = 'breakdown') as breakdown,
        max(c.cell_text) filter (where c.role = 'item_code') as item_code,
        max(c.cell_text) filter (where c.role = 'item_label') as item_label,
        count(c.cell_text) filter (where c.role in ('indicator', 'value')) > 0 as has_figures,
        count(c.cell_text) = 0 as is_blank
    from {{ ref('stg_cells') }} as c
    where {{ is_to_be_staged('c') }}
    group by c.submission_id, c.sheet_name, c.row_number
)

select
    t.*,
    {{ match_key("regexp_replace(t.unit_name, '\\s*\\([^()]*\\)\\s*$', '')") }} as plain_name_key,
    {{ match_key('t.unit_name') }} as name_key,
    {{ match_key("substring(t.unit_name from '\\(([^()]*)\\)\\s*$')") }} as note_key
from texts as t
