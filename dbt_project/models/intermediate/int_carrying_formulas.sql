select
    f.formula_code,
    f.formula_version,
    f.over_units,
    -- A weighted side is a product; a share of it is not the product of shares.
    case when f.over_units <> 'weighted' and min(m.kind) = max(m.kind) then min(m.kind) end as share_kind,
    f.over_units <> 'last' and f.over_time not in ('max', 'min') as can_be_carried
from {{ ref('int_formulas') }} as f
inner join {{ ref('formula_terms') }} using (formula_code, formula_version)
inner join {{ ref('indicators') }} as i using (indicator_code)
inner join lateral (select coalesce(i.share_kind, 'event') as kind) as m on true
group by f.formula_code, f.formula_version, f.over_units, f.over_time
