with answers as (
    select
        o.indicator_code,
        o.breakdown_code,
        o.calendar_code,
        o.period_code,
        o.unit_id,
        o.value
    from {{ ref('int_observations') }} as o
    where o.observation_kind = 'actual'
    union all
    -- A nil filing answers for all breakdowns of its indicators, with nothing to add.
    select
        n.indicator_code,
        null as breakdown_code,
        n.calendar_code,
        n.period_code,
        n.unit_id,
        null as value
    from {{ ref('int_nil_indicators') }} as n
)

select
    t.formula_code,
    t.formula_version,
    a.calendar_code,
    a.period_code as part_code,
    a.unit_id,
    sum(t.coefficient * a.value) filter (where t.side = 'numerator') as numerator,
    sum(t.coefficient * a.value) filter (where t.side = 'denominator') as denominator,
    count(distinct t.term_number) = max(t.terms_needed) as is_whole
from {{ ref('int_formula_terms') }} as t
inner join answers as a
    on t.indicator_code = a.indicator_code and t.breakdown_code = coalesce(a.breakdown_code, t.breakdown_code)
group by t.formula_code, t.formula_version, a.calendar_code, a.period_code, a.unit_id
