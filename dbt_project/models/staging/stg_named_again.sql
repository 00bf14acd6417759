{{ config(materialized='view') }}

select
    o.submission_id,
    o.sheet_name,
    o.row_number,
    o.column_number,
    p.later_submission_id
from {{ ref('stg_later_parts') }} as p
inner join {{ ref('stg_observations') }} as o on p.submission_id = o.submission_id
inner join {{ ref('stg_observations') }} as n
    on
        p.later_submission_id = n.submission_id and o.unit_id = n.unit_id and o.period_code = n.period_code
        and o.indicator_code = n.indicator_code and o.breakdown_code = n.breakdown_code
        and o.observation_kind = n.observation_kind
union
-- A row that is named without any figure takes back those it had.
select
    o.submission_id,
    o.sheet_name,
    o.row_number,
    o.column_number,
    p.later_submission_id
from {{ ref('stg_later_parts') }} as p
inner join {{ ref('stg_rows') }} as n on p.later_submission_id = n.submission_id
inner join {{ ref('stg_rows') }} as r
    on
        p.submission_id = r.submission_id and n.unit_id = r.unit_id
        and n.period_code = r.period_code and n.breakdown_code = r.breakdown_code
inner join {{ ref('stg_observations') }} as o
    on r.submission_id = o.submission_id and r.sheet_name = o.sheet_name and r.row_number = o.row_number
left join {{ ref('stg_observations') }} as v
    on n.submission_id = v.submission_id and n.sheet_name = v.sheet_name and n.row_number = v.row_number
where p.takes_rows_back and n.row_kind = 'data' and n.problem is null and v.submission_id is null
