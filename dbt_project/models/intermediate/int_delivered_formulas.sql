{{ config(materialized='ephemeral') }}

select
    i.formula_code,
    min(m.accepted_at) as first_accepted_at
from {{ ref('stg_message_items') }} as i
inner join {{ ref('stg_messages') }} as m using (message_id)
where m.accepted_at < {{ as_of() }}
group by i.formula_code
