-- How far the figures of a period have gone before this night: signed off, or accepted by the national system.
select
    split_part(o.business_key, '/', 2) as calendar_code,
    split_part(o.business_key, '/', 3) as period_code,
    bool_or(d.state = 'accepted') as is_exported
from {{ source('national', 'outbox') }} as o
inner join {{ source('national', 'approvals') }} as a using (approval_id)
left join {{ source('national', 'deliveries') }} as d
    on o.message_id = d.message_id and d.attempted_at < {{ as_of() }}
where o.packet = 'report_status' and a.decision = 'approved' and a.decided_at < {{ as_of() }}
group by 1, 2
