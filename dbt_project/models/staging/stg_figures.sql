{{ config(
    materialized='incremental',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number', 'column_number'], 'unique': true}]
) }}

select
    c.submission_id,
    c.sheet_name,
    c.row_number,
    c.column_number,
    c.cell,
    d.field_code,
    c.cell_text as raw_text,
    cast(t.number_text as numeric) * d.multiplier as value,
    case
        when c.cell_text is null or t.number_text is not null then null
        when c.cell_type = 'error' then 'error_cell'
        else 'not_a_number'
    end as problem,
    d.indicator_code,
    case when d.breakdown_code = 'total' then r.breakdown_code else d.breakdown_code end as breakdown_code,
    d.observation_kind,
    r.unit_id,
    s.calendar_code,
    r.period_code
from {{ ref('stg_cells') }} as c
inner join {{ ref('stg_rows') }} as r using (submission_id, sheet_name, row_number)
inner join {{ submissions_to_stage() }} as s using (submission_id)
inner join {{ ref('forms') }} as f on c.form_code = f.form_code and c.form_version = f.form_version
-- The row of a list says which figure it holds, the column of a table does.
inner join {{ ref('form_fields') }} as d
    on
        f.form_code = d.form_code and f.form_version = d.form_version
        and case when c.role = 'value' then r.item_field_code else c.field_code end = d.field_code
inner join lateral (
    select
        case
            when c.cell_type = 'number' then c.cell_text
            when c.cell_type = 'string' then {{ decimal_text('c.cell_text', 'f.number_locale') }}
        end as number_text
) as t on true
where c.role in ('value', 'indicator') and r.row_kind not in ('section', 'outside', 'below_total', 'blank')
