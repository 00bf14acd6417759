{{ config(materialized='ephemeral') }}

with approved as (
    select
        max(a.published_as_of) as until_now,
        max(case when a.approval_id <= l.approvals_read and a.decided_at < l.as_of then a.published_as_of end)
            as until_then
    from {{ ref('stg_approvals') }} as a
    cross join {{ ref('stg_last_computation') }} as l
    where a.decided_at < {{ as_of() }}
),

messages as (
    select
        m.calendar_code,
        m.period_code,
        m.published_as_of,
        m.approval_id <= l.approvals_read and m.decided_at < l.as_of as was_signed,
        coalesce(m.accepted_by <= l.deliveries_read and m.accepted_at < l.as_of, false) as was_accepted,
        coalesce(m.accepted_at < {{ as_of() }}, false) as is_accepted
    from {{ ref('stg_messages') }} as m
    cross join {{ ref('stg_last_computation') }} as l
    where m.packet = 'report_status' and m.decided_at < {{ as_of() }} and {{ nothing_when_full() }}
),

-- Nothing that was accepted up to this instant can have moved, not even in a computation nobody saw.
periods as (
    select
        m.calendar_code,
        m.period_code,
        case
            when bool_or(m.is_accepted) then max(m.published_as_of) filter (where m.was_accepted)
            when bool_or(m.was_signed) then max(a.until_then)
        end as settled_until
    from messages as m
    cross join approved as a
    group by m.calendar_code, m.period_code
    having
        bool_or(m.is_accepted <> m.was_accepted or not m.was_signed)
        or max(a.until_now) is distinct from max(a.until_then)
)

select
    f.sender_unit_id as unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code
from {{ ref('int_obligation_filings') }} as f
inner join periods as p using (calendar_code, period_code)
where f.state = 'accepted' and f.state_as_of > coalesce(p.settled_until, '-infinity')
