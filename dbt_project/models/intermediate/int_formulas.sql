select
    f.formula_code,
    f.formula_version,
    f.kpi_code,
    f.factor,
    f.over_time,
    f.over_units,
    f.missing_mode,
    f.is_primary,
    f.valid_from,
    f.valid_to,
    k.decimals,
    k.unit_of_measure,
    k.direction,
    k.confirmed and f.confirmed as is_confirmed,
    exists(
        select 1 from {{ ref('kpi_terms') }} as t
        where
            f.formula_code = t.formula_code and f.formula_version = t.formula_version
            and t.side = 'denominator'
    ) as has_denominator
from {{ ref('kpi_formulas') }} as f
inner join {{ ref('kpis') }} as k using (kpi_code)
