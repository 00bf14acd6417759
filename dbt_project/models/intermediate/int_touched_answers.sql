with filings as (
    select distinct
        t.sender_unit_id,
        t.form_code,
        t.calendar_code,
        t.period_code,
        f.submission_id
    from {{ ref('int_touched_filings') }} as t
    inner join {{ ref('stg_filings') }} as f using (sender_unit_id, form_code, calendar_code, period_code)
    inner join {{ ref('stg_form_shapes') }} as s using (form_code, form_version)
    where f.is_nil or s.names_units
)

-- The sender, who answers for itself when it names nobody.
select
    f.form_code,
    f.calendar_code,
    f.period_code,
    f.sender_unit_id as unit_id
from filings as f
union
select
    f.form_code,
    f.calendar_code,
    f.period_code,
    u.unit_id
from filings as f
inner join {{ ref('int_obligation_units') }} as u
    using (sender_unit_id, form_code, calendar_code, period_code)
union
-- Whom an earlier filing named and this one does not.
select
    f.form_code,
    f.calendar_code,
    f.period_code,
    r.unit_id
from filings as f
inner join {{ ref('stg_rows') }} as r using (submission_id)
where r.unit_id is not null
