select distinct
    f.sender_unit_id,
    f.form_code,
    f.calendar_code,
    f.period_code
from {{ ref('stg_state_changes') }} as c
inner join {{ ref('stg_filings') }} as f using (submission_id)
where
    c.state_seq > (select l.ledger_seq from {{ ref('stg_last_computation') }} as l)
    and c.state in ('accepted', 'superseded', 'withdrawn') and {{ nothing_when_full() }}
