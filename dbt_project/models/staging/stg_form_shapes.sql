{{ config(materialized='ephemeral') }}

select
    f.form_code,
    f.form_version,
    bool_or(f.role in ('unit_code', 'unit_name')) as names_units,
    bool_or(f.role = 'breakdown') as names_breakdowns
from {{ ref('form_fields') }} as f
group by f.form_code, f.form_version
