select * from {{ ref('int_reported_observations') }}
union all
select * from {{ ref('int_measured_observations') }}
