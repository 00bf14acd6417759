select distinct on (f.calendar_code, f.period_code, f.series)
    f.calendar_code,
    f.period_code,
    f.series,
    t.kpi_code,
    t.unit_kind,
    t.unit_code,
    t.unit_id,
    t.period_kind,
    t.measured_by,
    t.is_registered,
    t.target_code,
    t.target_version,
    t.target_year,
    t.operator,
    t.direction,
    t.threshold,
    t.threshold_high,
    e.target_code as target_from_code,
    e.target_version as target_from_version,
    coalesce(
        {{ value_on_line(
            'f.year', 'e.target_year', 't.target_year', 'e.threshold', 't.threshold', 't.decimals'
        ) }},
        t.threshold
    ) as target_value,
    coalesce(
        {{ value_on_line(
            'f.year', 'e.target_year', 't.target_year', 'e.threshold_high', 't.threshold_high', 't.decimals'
        ) }},
        t.threshold_high
    ) as target_value_high,
    f.year < t.target_year as is_before_due
from {{ ref('int_targets_in_force') }} as f
inner join {{ ref('int_targets') }} as t using (target_code, target_version)
left join {{ ref('int_targets') }} as e
    on
        t.series = e.series and t.operator = e.operator and t.trajectory = 'linear'
        and f.year > e.target_year and f.year < t.target_year and {{ holds_on('f.last_day', 'e') }}
order by f.calendar_code asc, f.period_code asc, f.series asc, e.target_year desc
