{{ config(materialized='ephemeral') }}

select distinct i.formula_code
from {{ ref('stg_message_items') }} as i
inner join {{ ref('stg_messages') }} as m using (message_id)
where m.accepted_at < {{ as_of() }}
