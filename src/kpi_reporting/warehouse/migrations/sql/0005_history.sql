-- Every published state of every figure, and why it changed.
select 1;
