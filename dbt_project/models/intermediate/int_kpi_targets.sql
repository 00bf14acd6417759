-- The target a reporting year is measured by: the next milestone from that year on, else the last one before.
select distinct on (y.year, t.kpi_code, t.unit_kind)
    y.year,
    t.kpi_code,
    t.unit_kind,
    t.target_code,
    t.target_version,
    t.operator,
    t.threshold,
    t.threshold_high
from (select distinct p.year from {{ ref('periods') }} as p) as y
cross join {{ ref('targets') }} as t
where cast({{ as_of() }} at time zone 'Asia/Ho_Chi_Minh' as date) between t.valid_from and coalesce(t.valid_to, 'infinity')
order by
    y.year, t.kpi_code, t.unit_kind, (t.target_year is null), (t.target_year < y.year),
    abs(t.target_year - y.year), t.target_version desc
