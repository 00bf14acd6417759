-- purpose: What changed since the publication a reader saw last, with the cause and the value before it.
-- columns:
--   read_publication_id: bigint
--   kpi_code: text
--   formula_code: text
--   unit_id: text
--   calendar_code: text
--   period_code: text
--   revision: integer
--   publication_id: bigint
--   published_at: timestamptz
--   is_removed: boolean
--   cause: text
--   value: numeric
--   value_before: numeric
-- one_per: [kpi_code, formula_code, unit_id, calendar_code, period_code, revision]
-- as_many_as: select count(*) from kpi_value_issues where publication_id > cast(:'publication_id' as bigint)
-- parameters:
--   publication_id: select max(publication_id) - 1 from publications
-- limit_ms: 2000
select
    (select max(n.publication_id) from publications as n) as read_publication_id,
    i.kpi_code,
    i.formula_code,
    i.unit_id,
    i.calendar_code,
    i.period_code,
    i.revision,
    i.publication_id,
    p.published_at,
    i.is_removed,
    i.cause,
    i.value,
    b.value as value_before
from kpi_value_issues as i
inner join publications as p using (publication_id)
left join kpi_value_issues as b
    on
        i.kpi_code = b.kpi_code and i.formula_code = b.formula_code and i.unit_id = b.unit_id
        and i.calendar_code = b.calendar_code and i.period_code = b.period_code
        and b.revision = i.revision - 1
where i.publication_id > cast(:'publication_id' as bigint)
order by i.publication_id, i.kpi_code, i.formula_code, i.unit_id, i.calendar_code, i.period_code, i.revision;
