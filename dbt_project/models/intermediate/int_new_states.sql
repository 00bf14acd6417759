with last as (
    select
        l.ledger_seq,
        l.as_of
    from {{ ref('stg_last_computation') }} as l
    where {{ nothing_when_full() }}
)

select
    c.submission_id,
    c.state
from {{ ref('stg_state_changes') }} as c
where c.state_seq > (select l.ledger_seq from last as l)
union
-- A night run again after a later one had begun reads past the states of that one without seeing them.
select
    c.submission_id,
    c.state
from {{ ref('stg_state_changes') }} as c
where c.state_as_of > (select l.as_of from last as l)
