-- A workbook with forms on several sheets is unpacked; each form is a submission of its own.
alter table raw.submissions add column part_sheet_name text;
comment on column raw.submissions.part_sheet_name is
'Sheet whose form of a workbook of several forms this submission is; null for a whole file.';
