-- Sum first: both sides over all units below and all parts of the period, before anything is divided.
select
    p.formula_code,
    p.formula_version,
    p.kpi_code,
    p.calendar_code,
    p.period_code,
    a.ancestor_id as unit_id,
    sum(e.numerator) filter (where e.is_counted) as numerator,
    sum(e.denominator) filter (where e.is_counted) as denominator,
    cast(count(distinct e.unit_id) filter (where e.is_counted) as integer) as units_counted,
    cast(count(distinct e.unit_id) filter (where e.is_owed) as integer) as units_owed,
    bool_and(e.is_counted or not e.is_owed) as is_whole,
    bool_or(e.misses_a_part) as misses_a_part,
    count(distinct p.part_code) < max(p.parts_needed) as lacks_a_period,
    min(p.first_part_day) as first_part_day,
    max(p.part_last_day) as last_part_day
from {{ ref('int_formula_parts') }} as p
inner join {{ ref('int_part_units') }} as e using (formula_code, formula_version, calendar_code, part_code)
inner join {{ ref('int_unit_ancestors') }} as a using (unit_id)
inner join {{ ref('kpi_formulas') }} as k using (formula_code, formula_version)
inner join {{ ref('units') }} as u on a.ancestor_id = u.unit_id
where k.over_units = 'sum' or u.parent_id is null
group by p.formula_code, p.formula_version, p.kpi_code, p.calendar_code, p.period_code, a.ancestor_id
