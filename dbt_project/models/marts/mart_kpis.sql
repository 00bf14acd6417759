select
    k.kpi_code,
    coalesce(f.formula_code, '') as formula_code,
    coalesce(f.formula_version, 0) as formula_version,
    k.name_vi,
    k.name_en,
    f.name_vi as formula_vi,
    f.name_en as formula_en,
    k.unit_of_measure,
    k.decimals,
    k.direction,
    k.quantified,
    coalesce(f.is_primary, true) as is_primary,
    f.valid_from,
    f.valid_to,
    k.sort_order,
    coalesce(f.legal_basis, k.legal_basis) as legal_basis,
    k.confirmed and coalesce(f.confirmed, true) as confirmed
from {{ ref('kpis') }} as k
left join {{ ref('kpi_formulas') }} as f using (kpi_code)
