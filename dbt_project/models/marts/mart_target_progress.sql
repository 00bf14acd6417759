select
    t.unit_id,
    t.unit_code,
    t.calendar_code,
    t.period_code,
    p.period_kind,
    p.first_day,
    p.last_day,
    t.targets_quantified,
    t.targets_reached,
    t.targets_on_track,
    t.targets_behind,
    t.targets_no_data,
    t.targets_not_comparable,
    t.targets_unquantified,
    t.share_reached
from {{ ref('int_target_progress') }} as t
inner join {{ ref('periods') }} as p using (calendar_code, period_code)
