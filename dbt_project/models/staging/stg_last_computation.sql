{{ config(materialized='ephemeral') }}

select
    c.ledger_seq,
    c.approvals_read,
    c.deliveries_read,
    c.as_of,
    {{ day_in_vietnam('c.as_of') }} as as_of_day
from {{ source('raw', 'computations') }} as c
where c.is_published
order by c.computation_id desc
limit 1
