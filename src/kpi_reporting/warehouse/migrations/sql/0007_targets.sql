-- Targets by act, kind and trajectory.
select 1;
