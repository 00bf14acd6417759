select distinct item.value ->> 'formula_code' as formula_code
from {{ source('national', 'outbox') }} as o
inner join {{ source('national', 'deliveries') }} as d using (message_id)
cross join lateral jsonb_array_elements(cast(convert_from(o.body, 'UTF8') as jsonb) -> 'items') as item (value)
where o.packet = 'kpi_data' and d.state = 'accepted' and d.attempted_at < {{ as_of() }}
