-- Which units declared that nothing happened in a part: they are counted, with nothing to add.
select distinct
    s.formula_code,
    s.formula_version,
    n.calendar_code,
    n.period_code as part_code,
    n.sender_unit_id as unit_id
from {{ ref('int_submissions_in_force') }} as n
inner join {{ ref('int_formula_sources') }} as s
    on n.form_code = s.form_code and n.form_version = s.form_version
where n.is_nil
