select
    a.formula_code,
    a.formula_version,
    a.calendar_code,
    a.period_code,
    a.part_code,
    a.part_last_day,
    a.parts_needed,
    a.unit_id,
    sum(a.numerator) filter (where o.is_believed) as numerator,
    sum(a.denominator) filter (where o.is_believed) as denominator,
    cast(count(*) filter (where a.is_counted and a.is_owed) as integer) as units_counted,
    cast(count(*) filter (where a.is_owed) as integer) as units_owed,
    cast(count(*) filter (where a.is_counted) as integer) as answers_counted,
    bool_and(a.is_carried) as is_carried,
    coalesce(bool_or(a.share <> 1), false) as is_estimate,
    bool_and(a.is_confirmed) as is_confirmed,
    bool_or(a.is_blocking) as is_blocking,
    bool_or(a.misses_a_part) as misses_a_part
from (
    select
        c.*,
        bool_or(c.is_counted and c.is_owed) over (
            partition by c.formula_code, c.calendar_code, c.period_code, c.part_code, c.unit_id
        ) as somebody_owed
    from {{ ref('int_carried_answers') }} as c
    {{ only_touched(
        ref('int_touched_carried_figures'), 'c', ['formula_code', 'calendar_code', 'period_code', 'unit_id']
    ) }}
) as a
inner join lateral (
    -- What only the province has is not added up: of several filers those who owe it are believed.
    select a.over_units <> 'province_only' or a.is_owed or not a.somebody_owed as is_believed
) as o on true
group by
    a.formula_code, a.formula_version, a.calendar_code, a.period_code, a.part_code, a.part_last_day,
    a.parts_needed, a.unit_id
