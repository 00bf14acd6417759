{{ config(materialized='ephemeral') }}

select
    o.message_id,
    item.value ->> 'kpi_code' as kpi_code,
    item.value ->> 'formula_code' as formula_code
from {{ source('national', 'outbox') }} as o
cross join jsonb_array_elements(cast(convert_from(o.body, 'UTF8') as jsonb) -> 'items') as item (value)
where o.packet = 'kpi_data'
