with filed as (
    select
        f.*,
        s.state,
        -- A filing that was withdrawn takes back what it had replaced as well.
        bool_or(s.state = 'withdrawn') over (
            partition by f.sender_unit_id, f.form_code, f.calendar_code, f.period_code
            order by f.received_at desc, f.sha256 desc, f.submission_id desc
        ) as is_taken_back
    from {{ ref('stg_filings') }} as f
    {{ only_touched(
        ref('int_touched_filings'), 'f',
        ['sender_unit_id', 'form_code', 'calendar_code', 'period_code']
    ) }}
    inner join lateral (
        select c.state
        from {{ ref('stg_state_changes') }} as c
        where f.submission_id = c.submission_id
        order by c.state_seq desc limit 1
    ) as s on s.state in ('accepted', 'superseded', 'withdrawn')
),

standing as (
    select
        f.*,
        -- A correction after the due day does not make late what was filed in time.
        min(f.received_at) over (
            partition by f.sender_unit_id, f.form_code, f.calendar_code, f.period_code
        ) as first_received_at
    from filed as f
    where not f.is_taken_back
)

select distinct on (f.sender_unit_id, f.form_code, f.calendar_code, f.period_code)
    f.submission_id,
    f.sender_unit_id,
    f.sender_code,
    f.form_code,
    f.form_version,
    f.calendar_code,
    f.period_code,
    f.last_day,
    f.is_nil,
    f.received_at,
    f.first_received_at
from standing as f
where f.state = 'accepted'
order by
    f.sender_unit_id asc, f.form_code asc, f.calendar_code asc, f.period_code asc,
    f.received_at desc, f.sha256 desc, f.submission_id desc
