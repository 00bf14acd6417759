-- An archive of several reports is unpacked, and each report is a submission of its own.
alter table raw.submission_states drop constraint submission_states_state_check;
alter table raw.submission_states add constraint submission_states_state_check check (state in (
    'received', 'unpacked', 'read', 'duplicate', 'refused', 'rejected', 'accepted', 'superseded', 'held',
    'withdrawn'
));
