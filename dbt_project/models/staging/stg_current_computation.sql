{{ config(materialized='ephemeral') }}

select
    c.approvals_read,
    c.deliveries_read
from {{ source('raw', 'computations') }} as c
inner join {{ ref('stg_current_night') }} using (night_id)
order by c.computation_id desc
limit 1
