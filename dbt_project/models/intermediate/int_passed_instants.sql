{{ config(materialized='ephemeral') }}

-- What the registry dates: a period opens, comes within a month, a form falls due, is locked; an act ends.
with clock as (
    select
        l.as_of as since,
        {{ as_of() }} as until
    from {{ ref('stg_last_computation') }} as l
    where {{ nothing_when_full() }}
)

select distinct
    f.form_code,
    f.form_version,
    f.calendar_code,
    f.period_code
from {{ ref('form_periods') }} as f
inner join clock as c
    on
        f.open_at between c.since and c.until
        or f.due_at between c.since and c.until
        or f.lock_at between c.since and c.until
        or f.open_at between c.since + interval '1 month' and c.until + interval '1 month'
