-- Checked row by row, the reference took two thirds of the time rows take to land. They are written by one
-- statement, in one transaction with their reading, which keeps the reference to the submission.
alter table raw.sheet_rows drop constraint sheet_rows_submission_id_fkey;
