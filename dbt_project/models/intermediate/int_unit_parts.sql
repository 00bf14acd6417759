with terms as (
    select
        t.*,
        count(*) over (partition by t.formula_code, t.formula_version) as terms_needed
    from {{ ref('kpi_terms') }} as t
)

select
    t.formula_code,
    t.formula_version,
    o.calendar_code,
    o.period_code as part_code,
    o.unit_id,
    sum(t.coefficient * o.value) filter (where t.side = 'numerator') as numerator,
    sum(t.coefficient * o.value) filter (where t.side = 'denominator') as denominator,
    count(*) = max(t.terms_needed) as is_whole
from terms as t
inner join {{ ref('int_observations') }} as o
    on t.indicator_code = o.indicator_code and t.breakdown_code = o.breakdown_code and o.observation_kind = 'actual'
group by t.formula_code, t.formula_version, o.calendar_code, o.period_code, o.unit_id
