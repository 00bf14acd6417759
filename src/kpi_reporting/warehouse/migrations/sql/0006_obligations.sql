-- Readiness of obligations and its transitions.
select 1;
