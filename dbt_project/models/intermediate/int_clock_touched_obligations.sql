{{ config(materialized='ephemeral') }}

with clock as (
    select
        l.as_of as since,
        {{ as_of() }} as until,
        l.as_of_day as since_day,
        {{ as_of_day() }} as until_day
    from {{ ref('stg_last_computation') }} as l
    where {{ nothing_when_full() }}
)

select
    u.unit_id,
    fp.form_code,
    fp.calendar_code,
    fp.period_code
from {{ assigned_units(ref('int_passed_instants')) }}
union
-- What was told may lie elsewhere than what the registry dates.
select
    t.unit_id,
    t.form_code,
    t.calendar_code,
    t.period_code
from {{ ref('stg_told_deadlines') }} as t
inner join clock as c on t.due_at between c.since and c.until or t.lock_at between c.since and c.until
union
select
    u.unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code
from clock as c
inner join {{ ref('lock_exceptions') }} as x on x.until_day between c.since_day and c.until_day
inner join {{ ref('form_periods') }} as f using (form_code, period_code)
inner join {{ ref('units') }} as u on x.unit_code = u.code
union
-- Who files without owing is listed from the day the period is over.
select
    f.sender_unit_id as unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code
from {{ ref('int_filings_in_force') }} as f
inner join {{ ref('int_passed_instants') }} using (form_code, form_version, calendar_code, period_code)
