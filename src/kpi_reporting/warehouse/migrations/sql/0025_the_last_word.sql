-- Bytes that were put aside by others may be filed again, from the same place.
alter table raw.submissions drop constraint submissions_source_code_origin_sha256_key;
alter table raw.submissions add unique (source_code, origin, sha256, received_at);

-- What a finding is about may be as long as a cell; an entry of an index may not.
alter table quality.findings drop constraint findings_submission_id_rule_id_sheet_name_cell_subject_nigh_key;
create unique index on quality.findings (submission_id, rule_id, sheet_name, cell, md5(subject), night_id)
nulls not distinct;
