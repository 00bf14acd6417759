-- A form may name its figures' cells one by one: then each has a row of its own besides its column.
alter table raw.layout_columns drop constraint layout_columns_pkey;
alter table raw.layout_columns add column row_number integer;
alter table raw.layout_columns add unique nulls not distinct (submission_id, row_number, column_number);
comment on table raw.layout_columns is
'Which column or single cell of the submission (from 1) holds which field of its form, and its header as sent; no field: unknown.';
comment on column raw.layout_columns.row_number is 'Row of a single cell; null where the field has a whole column.';
