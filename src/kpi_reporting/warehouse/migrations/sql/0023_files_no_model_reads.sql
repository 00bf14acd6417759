-- Files of the registry that no model reads are loaded by themselves: nothing is staged or computed again.
alter table registry.loads add column aside_sha256 text not null default '';
comment on column registry.loads.sha256 is 'Hash of the files that models read, and of the staging models.';
comment on column registry.loads.aside_sha256 is 'Hash of the registry''s files that no model reads.';
