with contributions as (
    select
        p.formula_code,
        p.formula_version,
        p.calendar_code,
        p.period_code,
        p.first_part_last_day,
        daterange(p.part_first_day, p.part_last_day, '[]') as part_days,
        e.unit_id,
        e.numerator,
        e.denominator,
        e.is_counted,
        e.is_owed,
        e.misses_a_part,
        bool_and(e.is_counted or not e.is_owed) over (
            partition by p.formula_code, p.formula_version, p.calendar_code, p.period_code, e.unit_id
        ) as is_complete
    from {{ ref('int_formula_parts') }} as p
    inner join {{ ref('int_part_units') }} as e
        using (formula_code, formula_version, calendar_code, part_code)
    left join {{ ref('int_replaced_parts') }} as r
        using (formula_code, formula_version, calendar_code, period_code, part_code, unit_id)
    where r.unit_id is null
)

select
    c.formula_code,
    c.formula_version,
    c.calendar_code,
    c.period_code,
    a.ancestor_id as unit_id,
    sum(c.numerator) filter (where c.is_counted) as numerator,
    sum(c.denominator) filter (where c.is_counted) as denominator,
    cast(count(distinct c.unit_id) filter (where c.is_owed and c.is_complete) as integer) as units_counted,
    cast(count(distinct c.unit_id) filter (where c.is_owed) as integer) as units_owed,
    bool_or(c.misses_a_part) as misses_a_part,
    range_agg(c.part_days) filter (where c.is_counted) as counted_days,
    min(c.first_part_last_day) as first_part_last_day
from contributions as c
inner join {{ ref('stg_unit_ancestors') }} as a using (unit_id)
inner join {{ ref('units') }} as u on a.ancestor_id = u.unit_id
inner join {{ ref('kpi_formulas') }} as f using (formula_code, formula_version)
where f.over_units = 'sum' or u.parent_id is null
group by c.formula_code, c.formula_version, c.calendar_code, c.period_code, a.ancestor_id
