select
    s.sender_unit_id as unit_id,
    s.form_code,
    s.calendar_code,
    s.period_code
from {{ ref('int_touched_submissions') }} as s
union
select
    c.unit_id,
    c.form_code,
    c.calendar_code,
    c.period_code
from {{ ref('int_clock_touched_obligations') }} as c
union
select
    g.unit_id,
    g.form_code,
    g.calendar_code,
    g.period_code
from {{ ref('int_signature_touched_obligations') }} as g
