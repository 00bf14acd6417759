select
    f.formula_code,
    f.formula_version,
    f.kpi_code,
    f.factor,
    f.over_time,
    f.over_units,
    f.missing_mode,
    f.span,
    f.span_parts,
    f.is_primary,
    f.valid_from,
    f.valid_to,
    k.decimals,
    k.unit_of_measure,
    k.direction,
    k.confirmed and f.confirmed as is_confirmed,
    t.divides,
    -- A weighted formula stands over the weights.
    t.divides or f.over_units = 'weighted' as has_denominator,
    -- An average of months stands over their number.
    t.divides or f.over_units = 'weighted' or f.over_time = 'average' as has_line,
    t.terms_needed
from {{ ref('kpi_formulas') }} as f
inner join {{ ref('kpis') }} as k using (kpi_code)
inner join lateral (
    select
        cast(count(*) as integer) as terms_needed,
        coalesce(bool_or(s.side = 'denominator'), false) as divides
    from {{ ref('formula_terms') }} as s
    where f.formula_code = s.formula_code and f.formula_version = s.formula_version
) as t on true
