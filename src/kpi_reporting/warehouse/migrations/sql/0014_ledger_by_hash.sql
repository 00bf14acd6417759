-- Whether bytes came before is asked of the ledger for every new file, and must not read all there ever was.
create index on raw.submissions (sha256);
