"""What every payload begins with, however it came: a row of the ledger, and the state ``received``."""

from __future__ import annotations

# What the ledger last knew of a place is passed over, so that a step that is repeated doubles nothing; bytes that
# others took the place of since are a payload again.
RECORD = """
with recorded as (
    insert into raw.submissions (
        night_id, source_code, channel, origin, file_name, media_type,
        received_at, collected_at, byte_size, sha256, landing_uri, part_period_code,
        part_sheet_name
    )
    select %(night_id)s, %(source_code)s, %(channel)s, p.*
    from unnest(
        %(origins)s::text[], %(names)s::text[], %(types)s::text[], %(instants)s::timestamptz[],
        array_fill(clock_timestamp(), array[cardinality(%(origins)s::text[])]),
        %(sizes)s::bigint[], %(hashes)s::text[], %(uris)s::text[], %(periods)s::text[],
        %(sheets)s::text[]
    ) as p (
        origin, file_name, media_type, received_at, collected_at, byte_size, sha256, landing_uri, part_period_code,
        part_sheet_name
    )
    where p.sha256 is distinct from (
        select s.sha256
        from raw.submissions as s
        where s.source_code = %(source_code)s and s.origin = p.origin
        order by s.submission_id desc
        limit 1
    )
    on conflict (source_code, origin, sha256, received_at) do nothing
    returning submission_id
)

insert into raw.submission_states (submission_id, night_id, state)
select submission_id, %(night_id)s, 'received' from recorded
order by submission_id
"""
