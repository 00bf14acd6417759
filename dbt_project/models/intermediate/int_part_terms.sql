select
    p.calendar_code,
    p.part_code,
    t.indicator_code,
    t.breakdown_code,
    t.formula_code,
    t.formula_version,
    t.side,
    t.coefficient
from {{ ref('int_formula_parts') }} as p
inner join {{ ref('formula_terms') }} as t using (formula_code, formula_version)
