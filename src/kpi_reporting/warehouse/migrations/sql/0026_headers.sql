-- What a sender wrote above its columns, to be held against the sender's next filing. Of submissions read
-- before, and of what programs send, it is not known.
alter table raw.layout_columns add column header text;
alter table raw.layout_columns alter column field_code drop not null;
alter table raw.layout_columns add check (field_code is not null or header is not null);
alter table raw.readings add column measure text;
comment on table raw.layout_columns is
'Which column of the submission (1-based) holds which field of its form, and its header as sent; no field: unknown.';
comment on column raw.readings.measure is 'Unit of measure as stated above the table; null where it states none.';
