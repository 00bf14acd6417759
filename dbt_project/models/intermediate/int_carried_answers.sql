{{ config(materialized='ephemeral') }}

select
    w.formula_code,
    w.formula_version,
    w.calendar_code,
    w.period_code,
    w.part_code,
    w.part_last_day,
    w.parts_needed,
    c.current_unit_id as unit_id,
    p.numerator * s.share as numerator,
    p.denominator * s.share as denominator,
    s.share,
    k.over_units,
    k.can_be_carried and s.share is not null as is_carried,
    c.is_confirmed,
    p.is_owed,
    p.is_counted,
    p.is_blocking,
    p.misses_a_part
from {{ ref('int_past_windows') }} as w
inner join {{ ref('int_unit_parts') }} as p using (formula_code, formula_version, part_code)
inner join {{ ref('int_carrying_formulas') }} as k using (formula_code, formula_version)
inner join {{ ref('int_carried_shares') }} as c
    on p.unit_id = c.unit_id and c.share_kind = coalesce(k.share_kind, 'event')
inner join {{ ref('stg_unit_levels') }} as u on c.current_unit_id = u.unit_id
inner join lateral (
    select case when k.share_kind is not null or c.share = 1 then c.share end as share
) as s on true
where k.over_units <> 'province_only' or u.parent_id is null
