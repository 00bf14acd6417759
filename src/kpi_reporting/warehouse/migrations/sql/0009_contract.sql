-- Indexes for the queries of readers.
select 1;
