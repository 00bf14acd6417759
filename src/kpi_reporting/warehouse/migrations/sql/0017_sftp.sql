-- A third channel: files on a sender's SFTP server.
alter table raw.submissions drop constraint submissions_channel_check;
alter table raw.submissions add constraint submissions_channel_check
check (channel in ('drop_folder', 'http_api', 'sftp'));
