with senders as (
    select distinct
        s.formula_code,
        s.formula_version,
        o.calendar_code,
        o.period_code as part_code,
        o.last_day,
        o.unit_id,
        d.names_units
    from {{ ref('int_owing_units') }} as o
    inner join {{ ref('int_formula_sources') }} as s
        on o.form_code = s.form_code and o.form_version = s.form_version
    inner join {{ ref('stg_form_shapes') }} as d
        on o.form_code = d.form_code and o.form_version = d.form_version
)

-- A form with a row per unit is owed for the sender's own units; without such units, for whatever it names.
select
    s.formula_code,
    s.formula_version,
    s.calendar_code,
    s.part_code,
    coalesce(c.unit_id, s.unit_id) as unit_id
from senders as s
left join {{ ref('units') }} as c
    on s.names_units and s.unit_id = c.parent_id and s.last_day between c.valid_from and coalesce(c.valid_to, 'infinity')
where not s.names_units or c.unit_id is not null
