-- With a key and parsed cells, rows took more than twice as long to land. Their reading has the key of a submission,
-- and they come with it, in one transaction; staging parses the cells of what is new. Rows of a submission lie together,
-- so that a range of pages is enough to find them by. It keeps what was sent letter by letter, too.
alter table raw.sheet_rows drop constraint sheet_rows_pkey;
alter table raw.sheet_rows alter column cells type json;
create index sheet_rows_submission on raw.sheet_rows using brin (submission_id);
