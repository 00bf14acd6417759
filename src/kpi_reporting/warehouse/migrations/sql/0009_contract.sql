-- Ways into the published tables beside their keys, for the saved queries of contracts/. None of these
-- columns changes with a figure, so a publication rewrites no index entry of the rows that it updates.
create index on reporting.kpi_values (unit_id, last_day);
create index on reporting.kpi_values (period_code);
create index on reporting.obligations (period_code);
create index on reporting.findings (sender_code, finding_id);

-- The owner asks the readers' queries in the readers' role before it publishes. An account that may not give
-- itself the role is told so by the first publication, with what an administrator has to run.
do $$
begin
    grant reporting_reader to current_user;
exception
    when insufficient_privilege then
        raise notice 'reporting_reader was not granted to %', current_user;
end $$;
