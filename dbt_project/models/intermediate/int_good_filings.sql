{{ config(materialized='ephemeral') }}

with good as (
    select
        f.*,
        s.state
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
)

-- A whole answer replaces all received before it, a part what it names; either replaces a nil answer.
select
    g.submission_id,
    g.sender_unit_id,
    g.sender_code,
    g.form_code,
    g.form_version,
    g.calendar_code,
    g.period_code,
    g.last_day,
    g.received_at,
    g.sha256,
    g.is_nil,
    g.state,
    g.state = 'accepted' and coalesce(bool_and(g.is_partial) over later, true)
    and (not g.is_nil or count(*) over later = 0) as is_standing
from good as g
window later as (
    partition by g.sender_unit_id, g.form_code, g.calendar_code, g.period_code
    order by g.received_at desc, g.sha256 desc, g.submission_id desc
    rows between unbounded preceding and 1 preceding
)
