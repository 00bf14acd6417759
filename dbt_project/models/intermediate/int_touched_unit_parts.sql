-- A value changed.
select
    t.formula_code,
    t.formula_version,
    c.period_code as part_code,
    c.unit_id
from {{ ref('int_touched_cells') }} as c
inner join {{ ref('int_part_terms') }} as t
    on
        c.period_code = t.part_code and c.calendar_code = t.calendar_code
        and c.indicator_code = t.indicator_code and c.breakdown_code = t.breakdown_code
union
-- An answer without values changed: a nil, or a form that names those it speaks for.
select
    s.formula_code,
    s.formula_version,
    f.period_code as part_code,
    coalesce(u.unit_id, f.sender_unit_id) as unit_id
from {{ ref('int_touched_filings') }} as f
inner join {{ ref('int_formula_sources') }} as s using (form_code, calendar_code)
inner join {{ ref('stg_form_shapes') }} as d using (form_code, form_version)
left join {{ ref('int_obligation_units') }} as u
    on
        f.sender_unit_id = u.sender_unit_id and f.form_code = u.form_code
        and f.calendar_code = u.calendar_code and f.period_code = u.period_code
where
    d.names_units
    or exists(
        select 1
        from {{ ref('stg_filings') }} as n
        where
            f.sender_unit_id = n.sender_unit_id and f.form_code = n.form_code
            and f.calendar_code = n.calendar_code and f.period_code = n.period_code and n.is_nil
    )
union
-- A window that looks at the part ended since the last computation, the first one that does.
select
    a.formula_code,
    a.formula_version,
    a.part_code,
    a.unit_id
from {{ ref('int_formula_parts') }} as p
inner join {{ ref('int_answers') }} as a using (formula_code, formula_version, part_code)
where
    p.first_window_last_day >= (select c.as_of_day from {{ ref('stg_last_computation') }} as c)
    and {{ nothing_when_full() }}
