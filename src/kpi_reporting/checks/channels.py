"""One obligation filed by two channels: which takes force stands in the form, what differs is told (decision 0022)."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from kpi_reporting.catalogue import built_in_rules
from kpi_reporting.checks.record import sentences
from kpi_reporting.warehouse.known import FILED_FOR_OBLIGATIONS, JUDGED, known
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.states import STATE_NOW

_RULE = "structure.channels_differ"

# The last good filing of either channel, told once, about the one that does not count. A figure that only one of them
# has is a difference as well.
_DIFFERENCES = f"""
with {JUDGED},

obligations as materialized (
    select distinct s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, f.winning_channel
    from judged as s
    inner join registry.forms as f using (form_code, form_version)
    where f.winning_channel is not null
),

last_words as materialized (
    select distinct on (s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, p.channel = 'http_api')
        s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, s.submission_id,
        (obligations.winning_channel = 'api') = (p.channel = 'http_api') as is_winning,
        case when p.channel = 'http_api' then 'API' else 'tệp' end as channel_vi,
        case when p.channel = 'http_api' then 'API' else 'file' end as channel_en
    from {FILED_FOR_OBLIGATIONS}
    inner join raw.submissions as p on p.submission_id = s.submission_id
    {STATE_NOW} now.state in ('accepted', 'superseded')
    order by
        s.sender_unit_id, s.form_code, s.calendar_code, s.period_code, p.channel = 'http_api', s.received_at desc,
        s.sha256 desc, s.submission_id desc
),

pairs as materialized (
    select
        l.submission_id, l.channel_vi, l.channel_en,
        w.submission_id as winning_id, w.channel_vi as winning_vi, w.channel_en as winning_en
    from last_words as l
    inner join last_words as w using (sender_unit_id, form_code, calendar_code, period_code)
    where w.is_winning and not l.is_winning
),

figures as (
    select
        x.submission_id, f.submission_id = x.winning_id as is_winning, r.unit_id, r.breakdown_code, r.period_code,
        f.field_code, f.sheet_name, f.cell, f.value
    from pairs as x
    inner join staging.stg_figures as f on f.submission_id in (x.submission_id, x.winning_id)
    inner join staging.stg_rows as r
        on r.submission_id = f.submission_id and r.sheet_name = f.sheet_name and r.row_number = f.row_number
    where r.row_kind = 'data' and f.value is not null
),

differing as (
    select
        submission_id, coalesce(m.unit_id, w.unit_id) as unit_id, field_code, m.sheet_name, m.cell,
        coalesce(m.breakdown_code, w.breakdown_code) as breakdown_code,
        trim_scale(m.value) as value, trim_scale(w.value) as winning_value
    from (select * from figures where not is_winning) as m
    full join (select * from figures where is_winning) as w
        using (submission_id, unit_id, breakdown_code, period_code, field_code)
    where m.value is distinct from w.value
)

insert into quality.findings (
    night_id, submission_id, layer, rule_id, severity, sender_code, form_code, period_code, file_name,
    sheet_name, cell, subject, found, message_vi, message_en, action_vi
)
select
    %(night_id)s, s.submission_id, %(layer)s, %(rule_id)s, %(severity)s, s.sender_code, s.form_code, s.period_code,
    s.file_name, d.sheet_name, d.cell, concat_ws('/', d.unit_id, nullif(d.breakdown_code, 'total'), d.field_code),
    cast(d.value as text),
    format(
        '%%s Cột hoặc dòng “%%s”: %%s ghi %%s, %%s ghi %%s.', %(reason_vi)s::text, c.label, x.channel_vi,
        coalesce(cast(d.value as text), 'không có'), x.winning_vi, coalesce(cast(d.winning_value as text), 'không có')
    ),
    format(
        '%%s Field %%s: %%s says %%s, %%s says %%s.', %(reason_en)s::text, d.field_code, x.channel_en,
        coalesce(cast(d.value as text), 'nothing'), x.winning_en, coalesce(cast(d.winning_value as text), 'nothing')
    ),
    %(action_vi)s
from differing as d
inner join pairs as x using (submission_id)
{known("d")}
left join registry.form_fields as c
    on c.form_code = s.form_code and c.form_version = s.form_version and c.field_code = d.field_code
on conflict do nothing
"""


def tell_differences(conn: psycopg.Connection, night: Night, submissions: Sequence[int]) -> None:
    """Keep a finding for every figure in which file and API differ, for the obligations of these submissions."""
    told = {
        "night_id": night.night_id,
        "submissions": list(submissions),
        **sentences(built_in_rules()[_RULE]),
    }
    conn.execute(_DIFFERENCES, told)
