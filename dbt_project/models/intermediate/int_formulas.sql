select
    f.*,
    k.decimals,
    k.unit_of_measure,
    k.direction,
    k.sort_order,
    k.confirmed and f.confirmed as is_confirmed,
    exists (
        select 1 from {{ ref('kpi_terms') }} as t
        where t.formula_code = f.formula_code and t.formula_version = f.formula_version and t.side = 'denominator'
    ) as has_denominator
from {{ ref('kpi_formulas') }} as f
inner join {{ ref('kpis') }} as k using (kpi_code)
