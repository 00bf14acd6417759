-- Figures on current boundaries, and comparisons over time.
select 1;
