-- State secrets: nothing but hash, sender and time is kept; also of those that were refused before.
create index on raw.submission_states (submission_id) where reason = 'state_secret';
comment on column raw.submissions.landing_uri is
'Where the bytes lie; empty for a state secret, whose bytes are removed and whose name and place are withheld.';
comment on column raw.submissions.origin is
'Where its source keeps it, or for a state secret a hash of that: it is known again when it is still there.';
