with judged as (
    select v.* from {{ ref('int_touched_figures') }} as v
    union
    -- What was stopped is judged every night, touched or not: unjudged it would be published.
    select
        s.kpi_code,
        s.formula_code,
        s.unit_id,
        s.calendar_code,
        s.period_code
    from {{ source('reporting', 'kpi_values') }} as s
    where s.is_stale
    union
    {{ never_published_figures() }}
)

-- The period before of the same kind: the one that ends the day before this one starts.
select
    c.kpi_code,
    c.formula_code,
    c.unit_id,
    c.calendar_code,
    c.period_code,
    c.last_day,
    c.unit_of_measure,
    c.value,
    c.numerator,
    c.denominator,
    c.units_counted,
    c.units_owed,
    c.data_state,
    c.reason,
    p.value as published_value,
    b.value as previous_value
from {{ touched_rows(
    ref('mart_kpi_values'), 'c', 'judged',
    ['kpi_code', 'formula_code', 'unit_id', 'calendar_code', 'period_code']
) }}
left join {{ source('reporting', 'kpi_values') }} as p
    on
        c.kpi_code = p.kpi_code and c.formula_code = p.formula_code and c.unit_id = p.unit_id
        and c.calendar_code = p.calendar_code and c.period_code = p.period_code
left join {{ ref('periods') }} as e
    on
        c.calendar_code = e.calendar_code and c.period_kind = e.period_kind
        and c.first_day = e.last_day + 1
left join {{ ref('mart_kpi_values') }} as b
    on
        c.kpi_code = b.kpi_code and c.formula_code = b.formula_code and c.unit_id = b.unit_id
        and c.calendar_code = b.calendar_code and e.period_code = b.period_code
order by c.period_code, c.unit_id, c.kpi_code, c.formula_code, c.calendar_code
