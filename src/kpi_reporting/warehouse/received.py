"""What every payload begins with, however it came: a row of the ledger, and the state ``received``."""

from __future__ import annotations

# What stands there already is passed over, so that a step that is repeated doubles nothing.
RECORD = """
with recorded as (
    insert into raw.submissions (
        night_id, source_code, channel, origin, file_name, media_type,
        received_at, collected_at, byte_size, sha256, landing_uri
    )
    select %(night_id)s, %(source_code)s, %(channel)s, p.*
    from unnest(
        %(origins)s::text[], %(names)s::text[], %(types)s::text[], %(instants)s::timestamptz[],
        array_fill(clock_timestamp(), array[cardinality(%(origins)s::text[])]),
        %(sizes)s::bigint[], %(hashes)s::text[], %(uris)s::text[]
    ) as p
    on conflict (source_code, origin, sha256) do nothing
    returning submission_id
)

insert into raw.submission_states (submission_id, night_id, state)
select submission_id, %(night_id)s, 'received' from recorded
order by submission_id
"""
