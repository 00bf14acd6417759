-- Whether bytes came before is asked of the ledger for every new file; without it each asks all there ever was.
create index on raw.submissions (sha256);
