select
    t.kpi_code,
    t.formula_code,
    t.unit_id,
    t.unit_code,
    t.calendar_code,
    t.period_code,
    t.target_code,
    t.target_version,
    t.target_year,
    t.operator as target_operator,
    t.target_from_code,
    t.target_from_version,
    t.target_value,
    t.target_value_high,
    case when t.is_comparable then g.to_value end as target_gap,
    case
        when t.operator = 'unquantified' then 'unquantified'
        when not t.is_comparable or t.reason = 'not_comparable' then 'not_comparable'
        when t.value is null then 'no_data'
        when g.to_threshold >= 0 then 'reached'
        -- On a line the value of the year is met or missed; a step leaves time until the milestone's year.
        when t.is_before_due and (t.target_from_code is null or g.to_value >= 0) then 'on_track'
        else 'behind'
    end as target_status
from {{ ref('int_figure_targets') }} as t
inner join lateral (
    select
        {{ target_gap(
            't.value', 't.threshold', 't.threshold_high', 't.operator', 't.direction'
        ) }} as to_threshold,
        {{ target_gap(
            't.value', 't.target_value', 't.target_value_high', 't.operator', 't.direction'
        ) }} as to_value
) as g on true
