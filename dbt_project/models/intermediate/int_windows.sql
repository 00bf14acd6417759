{{ config(materialized='ephemeral') }}

select distinct
    k.formula_code,
    k.formula_version,
    k.over_time,
    k.span,
    k.span_parts,
    s.period_kind as part_kind,
    w.calendar_code,
    w.period_code,
    w.last_day,
    w.kind_number,
    case k.span when 'year_to_date' then w.year_first_day else w.first_day end as first_day
from {{ ref('int_formulas') }} as k
inner join {{ ref('int_formula_sources') }} as s using (formula_code, formula_version)
inner join {{ ref('int_ended_periods') }} as w
    on s.calendar_code = w.calendar_code and (k.span = 'period' or s.period_kind = w.period_kind)
where {{ holds_on('w.last_day', 'k') }}
