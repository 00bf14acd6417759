select w.submission_id
from {{ source('raw', 'unsettled_submissions') }} as w
where w.state = 'read'
union
-- What a later night judged may still wait for an earlier one that is run again.
select t.submission_id
from {{ source('raw', 'submission_states') }} as t
where
    t.night_id = any(
        array(
            select later.night_id
            from {{ source('raw', 'nights') }} as later
            where later.as_of > {{ as_of() }}
        )
    )
