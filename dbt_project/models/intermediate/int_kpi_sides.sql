-- Sum first: both sides over all units below, before anything is divided.
select
    p.formula_code,
    p.formula_version,
    p.kpi_code,
    p.calendar_code,
    p.period_code,
    a.ancestor_id as unit_id,
    sum(p.numerator) as numerator,
    sum(p.denominator) as denominator,
    cast(count(*) filter (where p.is_counted) as integer) as units_counted,
    cast(count(*) filter (where p.is_owed) as integer) as units_owed,
    bool_and(p.is_whole) as is_whole,
    bool_or(p.misses_a_part) as misses_a_part
from {{ ref('int_unit_periods') }} as p
inner join {{ ref('int_unit_ancestors') }} as a using (unit_id)
inner join {{ ref('kpi_formulas') }} as k using (formula_code, formula_version)
inner join {{ ref('units') }} as u on a.ancestor_id = u.unit_id
where k.over_units = 'sum' or u.parent_id is null
group by p.formula_code, p.formula_version, p.kpi_code, p.calendar_code, p.period_code, a.ancestor_id
