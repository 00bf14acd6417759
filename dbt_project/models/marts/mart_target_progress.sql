select
    v.unit_id,
    v.unit_code,
    v.calendar_code,
    v.period_code,
    v.period_kind,
    v.first_day,
    v.last_day,
    cast(count(*) filter (where v.target_status <> 'unquantified') as integer) as targets_quantified,
    cast(count(*) filter (where v.target_status = 'reached') as integer) as targets_reached,
    cast(count(*) filter (where v.target_status = 'on_track') as integer) as targets_on_track,
    cast(count(*) filter (where v.target_status = 'behind') as integer) as targets_behind,
    cast(count(*) filter (where v.target_status = 'no_data') as integer) as targets_no_data,
    cast(count(*) filter (where v.target_status = 'not_comparable') as integer) as targets_not_comparable,
    cast(count(*) filter (where v.target_status = 'unquantified') as integer) as targets_unquantified,
    round(
        count(*) filter (where v.target_status = 'reached') * 100.0
        / nullif(count(*) filter (where v.target_status in ('reached', 'on_track', 'behind')), 0),
        2
    ) as share_reached
from {{ touched_rows(
    ref('mart_kpi_values'), 'v', ref('int_touched_unit_periods'),
    ['unit_id', 'calendar_code', 'period_code']
) }}
where v.is_primary and v.target_code is not null
group by
    v.unit_id, v.unit_code, v.calendar_code, v.period_code, v.period_kind, v.first_day, v.last_day
