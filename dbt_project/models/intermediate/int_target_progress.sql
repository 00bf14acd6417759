{{ config(materialized='ephemeral') }}

select
    t.unit_id,
    t.unit_code,
    t.calendar_code,
    t.period_code,
    cast(count(*) filter (where t.target_status <> 'unquantified') as integer) as targets_quantified,
    cast(count(*) filter (where t.target_status = 'reached') as integer) as targets_reached,
    cast(count(*) filter (where t.target_status = 'on_track') as integer) as targets_on_track,
    cast(count(*) filter (where t.target_status = 'behind') as integer) as targets_behind,
    cast(count(*) filter (where t.target_status = 'no_data') as integer) as targets_no_data,
    cast(count(*) filter (where t.target_status = 'not_comparable') as integer) as targets_not_comparable,
    cast(count(*) filter (where t.target_status = 'unquantified') as integer) as targets_unquantified,
    round(
        count(*) filter (where t.target_status = 'reached') * 100.0
        / nullif(count(*) filter (where t.target_status in ('reached', 'on_track', 'behind')), 0),
        2
    ) as share_reached
from {{ ref('int_target_comparisons') }} as t
group by t.unit_id, t.unit_code, t.calendar_code, t.period_code
