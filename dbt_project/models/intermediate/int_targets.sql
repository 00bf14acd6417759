select
    t.target_code,
    t.target_version,
    t.kpi_code,
    t.target_year,
    t.period_kind,
    t.operator,
    t.threshold,
    t.threshold_high,
    t.trajectory,
    t.measured_by,
    t.unit_kind,
    t.unit_code,
    u.unit_id,
    t.valid_from,
    t.valid_to,
    k.direction,
    k.decimals,
    o.kind = 'registered' as is_registered,
    concat_ws(
        '/', t.kpi_code, t.unit_kind, coalesce(u.unit_id, t.unit_code, '*'), coalesce(t.period_kind, '*'),
        coalesce(t.measured_by, '*'), o.kind
    ) as series
from {{ ref('targets') }} as t
inner join {{ ref('targets') }} as o on t.target_code = o.target_code and o.target_version = 1
inner join {{ ref('kpis') }} as k on t.kpi_code = k.kpi_code
-- The unit of that day: a code that is used again later means another unit, and nobody inherits a target.
left join {{ ref('units') }} as u
    on t.unit_code = u.code and t.unit_kind = u.kind and {{ holds_on('t.valid_from', 'u') }}
