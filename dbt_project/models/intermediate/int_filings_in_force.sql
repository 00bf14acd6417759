-- depends_on: {{ ref('int_touched_filings') }}
with opened as (
    select
        g.*,
        -- Nothing received before the withdrawn one stands: the answer is owed again.
        g.state = 'withdrawn' and not coalesce(bool_or(g.is_standing) over (
            partition by g.sender_unit_id, g.form_code, g.calendar_code, g.period_code
            order by g.received_at, g.sha256, g.submission_id rows between unbounded preceding and 1 preceding
        ), false) as opens_again
    from {{ ref('int_good_filings') }} as g
),

numbered as (
    select
        o.*,
        count(*) filter (where o.opens_again) over (
            partition by o.sender_unit_id, o.form_code, o.calendar_code, o.period_code
            order by o.received_at, o.sha256, o.submission_id rows between unbounded preceding and 1 preceding
        ) as times_opened
    from opened as o
),

received as (
    select
        n.*,
        -- A correction after the due day does not make late what was filed in time.
        min(n.received_at) over (
            partition by n.sender_unit_id, n.form_code, n.calendar_code, n.period_code, n.times_opened
        ) as first_received_at
    from numbered as n
)

select
    r.submission_id,
    r.sender_unit_id,
    r.sender_code,
    r.form_code,
    r.form_version,
    r.calendar_code,
    r.period_code,
    r.last_day,
    r.is_nil,
    r.received_at,
    r.first_received_at,
    row_number() over (
        partition by r.sender_unit_id, r.form_code, r.calendar_code, r.period_code
        order by r.received_at desc, r.sha256 desc, r.submission_id desc
    ) = 1 as is_newest
from received as r
where r.is_standing
