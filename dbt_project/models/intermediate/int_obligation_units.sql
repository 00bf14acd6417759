with named as (
    select distinct
        f.sender_unit_id,
        f.form_code,
        f.calendar_code,
        f.period_code,
        r.unit_id
    from {{ ref('int_filings_in_force') }} as f
    {{ only_touched(
        ref('int_touched_obligations'), 'f',
        ['sender_unit_id', 'form_code', 'calendar_code', 'period_code'], {'sender_unit_id': 'unit_id'}
    ) }}
    inner join {{ ref('stg_rows') }} as r using (submission_id)
    where r.row_kind = 'data' and r.unit_id is not null
)

select
    o.form_code,
    o.form_version,
    o.calendar_code,
    o.period_code,
    o.unit_id as sender_unit_id,
    coalesce(c.unit_id, n.unit_id, o.unit_id) as unit_id
from {{ ref('int_obligations') }} as o
{{ only_touched(
    ref('int_touched_obligations'), 'o', ['unit_id', 'form_code', 'calendar_code', 'period_code']
) }}
inner join {{ ref('stg_form_shapes') }} as d on o.form_code = d.form_code and o.form_version = d.form_version
-- A form with a row per unit is about the sender's own units; without such units, about those it names.
left join {{ ref('units') }} as c
    on d.names_units and o.unit_id = c.parent_id and {{ holds_on('o.last_day', 'c') }}
left join named as n
    on
        d.names_units and c.unit_id is null and o.unit_id = n.sender_unit_id
        and o.form_code = n.form_code and o.calendar_code = n.calendar_code and o.period_code = n.period_code
where o.is_applicable and (not d.names_units or c.unit_id is not null or n.unit_id is not null)
