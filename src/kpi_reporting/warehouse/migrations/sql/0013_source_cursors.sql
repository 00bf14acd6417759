-- Senders' APIs: how far each was followed, which answers need not be sent again, what was deleted.
create table raw.source_cursors (
    source_code text not null,
    location text not null,
    cursor text not null,
    night_id text not null references raw.nights,
    primary key (source_code, location)
);
comment on table raw.source_cursors is
'How far an API that tells changes was followed; moves only when all it announced by then stands in the ledger.';
comment on column raw.source_cursors.cursor is 'As the sender gave it; nothing is read into it.';

create table raw.source_answers (
    source_code text not null,
    location text not null,
    question text not null,
    etag text,
    last_modified text,
    announced bigint not null,
    item_count bigint not null,
    next_cursor text,
    has_more boolean not null,
    night_id text not null references raw.nights,
    primary key (source_code, location, question),
    check (etag is not null or last_modified is not null)
);
comment on table raw.source_answers is
'Answers of which everything stands in the ledger, by their question; a sender that says 304 need not repeat them.';

create table raw.source_deletions (
    source_code text not null,
    origin text not null,
    deleted_at timestamptz not null,
    reason text not null check (reason <> ''),
    night_id text not null references raw.nights,
    collected_at timestamptz not null default clock_timestamp(),
    primary key (source_code, origin, deleted_at)
);
comment on table raw.source_deletions is
'Items an API said it deleted, never changed. What was received of them before is withdrawn; the payloads stay.';
