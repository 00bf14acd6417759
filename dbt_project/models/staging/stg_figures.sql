{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='submission_id',
    indexes=[{'columns': ['submission_id', 'sheet_name', 'row_number']}]
) }}

with cells as (
    select
        c.*,
        r.unit_id,
        r.period_code,
        case when c.role = 'value' then r.item_field_code else c.field_code end as figure_field_code,
        r.breakdown_code as row_breakdown_code
    from {{ ref('stg_cells') }} as c
    inner join {{ ref('stg_rows') }} as r using (submission_id, sheet_name, row_number)
    where c.role in ('value', 'indicator') and r.row_kind not in ('section', 'outside', 'blank')
),

typed as (
    select
        c.*,
        case
            when c.cell_type = 'number' then c.cell_text
            when c.cell_type = 'string' then {{ decimal_text('c.cell_text', 'f.number_locale') }}
        end as number_text
    from cells as c
    inner join {{ ref('forms') }} as f using (form_code, form_version)
)

select
    t.submission_id,
    t.sheet_name,
    t.row_number,
    t.column_number,
    t.cell,
    f.field_code,
    t.cell_text as raw_text,
    cast(t.number_text as numeric) * f.multiplier as value,
    case
        when t.cell_text is null or t.number_text is not null then null
        when t.cell_type = 'error' then 'error_cell'
        else 'not_a_number'
    end as problem,
    f.indicator_code,
    case when f.breakdown_code = 'total' then t.row_breakdown_code else f.breakdown_code end as breakdown_code,
    f.observation_kind,
    t.unit_id,
    s.calendar_code,
    t.period_code
from typed as t
inner join {{ ref('stg_submissions') }} as s using (submission_id)
inner join {{ ref('form_fields') }} as f
    on t.form_code = f.form_code and t.form_version = f.form_version and t.figure_field_code = f.field_code
where {{ is_to_be_staged('s') }}
