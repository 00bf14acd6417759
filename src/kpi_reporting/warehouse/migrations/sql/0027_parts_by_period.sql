-- A file with rows of several periods is unpacked; what it says of each is a submission of its own.
alter table raw.submissions add column part_period_code text;
comment on column raw.submissions.part_period_code is
'Period whose rows of a file of several periods this submission is; null for a whole file.';
