with filed as (
    select
        s.sender_unit_id,
        s.form_code,
        s.calendar_code,
        s.period_code,
        s.state,
        s.state_as_of,
        max(s.state_as_of) filter (where s.state in ('accepted', 'withdrawn'))
            over obligation as changed_as_of,
        s.is_nil,
        s.received_at,
        s.sha256,
        s.submission_id,
        min(a.accepted_as_of) over obligation as first_accepted_as_of,
        -- A filing that was withdrawn takes back what was sent before it as well.
        bool_or(s.state = 'withdrawn') over (
            obligation order by s.received_at desc, s.sha256 desc, s.submission_id desc
        ) as is_taken_back
    from {{ touched_rows(
        ref('stg_submissions'), 's', ref('int_touched_submissions'),
        ['sender_unit_id', 'form_code', 'calendar_code', 'period_code']
    ) }}
    inner join lateral (
        select min(t.state_as_of) as accepted_as_of
        from {{ ref('stg_state_changes') }} as t
        where s.submission_id = t.submission_id and t.state = 'accepted'
    ) as a on true
    where s.sender_unit_id is not null
    window obligation as (partition by s.sender_unit_id, s.form_code, s.calendar_code, s.period_code)
)

select distinct on (f.sender_unit_id, f.form_code, f.calendar_code, f.period_code)
    f.sender_unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code,
    f.state,
    -- Parts stand together: what was added or withdrawn last tells since when they stand as they do.
    case when f.state = 'accepted' then f.changed_as_of else f.state_as_of end as state_as_of,
    f.first_accepted_as_of,
    f.is_nil
from filed as f
where f.state = 'accepted' or (f.state <> 'superseded' and not f.is_taken_back)
order by
    f.sender_unit_id asc, f.form_code asc, f.calendar_code asc, f.period_code asc,
    (f.state = 'accepted') desc, f.received_at desc, f.sha256 desc, f.submission_id desc
