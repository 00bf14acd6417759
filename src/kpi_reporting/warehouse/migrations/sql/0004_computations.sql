-- How far the ledger was read by what readers see.
select 1;
