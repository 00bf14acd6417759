"""The SELECTs of the built-in checks.

Every SELECT takes ``%(submissions)s`` (an array of submission ids) and ``judged`` (what is known of each of
them), and yields the columns submission_id, sheet_name, cell, subject, found, detail_vi, detail_en.
"""

from __future__ import annotations

from kpi_reporting.checks.labels import SHOWN

_WHY_UNREADABLE = """
    case f.problem
        when 'error_cell' then 'Ô đang báo lỗi công thức.' else 'Nội dung ô không phải là một số.'
    end as detail_vi,
    case f.problem when 'error_cell' then 'It shows an error of a formula.' else 'It is not a number.' end as detail_en
"""

FIGURE_UNREADABLE = f"""
select
    f.submission_id, f.sheet_name, f.cell, concat_ws('/', r.unit_id, f.field_code) as subject,
    f.raw_text as found, {_WHY_UNREADABLE}
from staging.stg_figures as f
inner join staging.stg_rows as r using (submission_id, sheet_name, row_number)
where
    f.submission_id = any(%(submissions)s) and f.problem is not null
    and r.row_kind = 'data' and r.note_meaning is distinct from 'no_data'
"""

TOTAL_FIGURE_UNREADABLE = f"""
select
    f.submission_id, f.sheet_name, f.cell, f.field_code as subject, f.raw_text as found, {_WHY_UNREADABLE}
from staging.stg_figures as f
inner join staging.stg_rows as r using (submission_id, sheet_name, row_number)
where
    f.submission_id = any(%(submissions)s) and f.problem is not null
    and r.row_kind in ('total', 'grand_total', 'rate')
"""

# Of each unit and breakdown that a list names, or of the sender alone. A single cell that is empty is no figure of a
# row, and told by its address all the same.
FIGURE_MISSING = f"""
select
    s.submission_id, coalesce(f.sheet_name, c.sheet_name) as sheet_name, coalesce(f.cell, c.cell) as cell,
    concat_ws('/', nullif(g.unit_id, s.sender_unit_id), nullif(g.breakdown_code, 'total'), d.field_code) as subject,
    null as found,
    concat_ws(' ', case form.layout when 'list' then 'Mã số' end, told.figure) as detail_vi,
    concat_ws(' ', case form.layout when 'list' then 'Item' end, told.figure) as detail_en
from judged as s
inner join registry.forms as form using (form_code, form_version)
inner join registry.form_fields as d using (form_code, form_version)
{SHOWN}
left join (
    select distinct r.submission_id, r.unit_id, r.breakdown_code
    from staging.stg_rows as r
    where r.submission_id = any(%(submissions)s) and r.row_kind = 'data' and r.problem is null
) as g on g.submission_id = s.submission_id
left join registry.units as u on u.unit_id = nullif(g.unit_id, s.sender_unit_id)
cross join lateral (
    select concat_ws(' ', d.item_code, shown.label, '(' || u.name_vi || ')') as figure
) as told
left join (
    select f.*, coalesce(r.unit_id, '') as row_unit_id, r.breakdown_code as row_breakdown_code
    from staging.stg_figures as f
    inner join staging.stg_rows as r using (submission_id, sheet_name, row_number)
    where f.submission_id = any(%(submissions)s)
) as f
    on
        f.submission_id = s.submission_id and f.field_code = d.field_code
        and f.row_unit_id = coalesce(g.unit_id, s.sender_unit_id, '')
        and f.row_breakdown_code = coalesce(g.breakdown_code, 'total')
left join staging.stg_cells as c
    on c.submission_id = s.submission_id and c.field_code = d.field_code and form.layout = 'cells'
where
    not s.is_nil and not s.is_partial and form.layout in ('list', 'cells')
    and d.role = 'indicator' and d.required and f.value is null and f.problem is null
"""

FIGURE_MISSING_IN_TABLE = """
select
    r.submission_id, r.sheet_name, coalesce(f.cell, 'A' || r.row_number) as cell,
    concat_ws('/', r.unit_id, d.field_code) as subject, null as found,
    d.label as detail_vi, d.label as detail_en
from staging.stg_rows as r
inner join judged as s using (submission_id)
inner join registry.forms as form using (form_code, form_version)
inner join registry.form_fields as d using (form_code, form_version)
left join staging.stg_figures as f
    on
        f.submission_id = r.submission_id and f.sheet_name = r.sheet_name
        and f.row_number = r.row_number and f.field_code = d.field_code
where
    r.submission_id = any(%(submissions)s) and form.layout = 'table' and r.row_kind = 'data'
    and r.note_meaning is distinct from 'no_data' and not s.is_nil and not s.is_partial
    and d.role = 'indicator' and d.required and f.value is null and f.problem is null
"""

NO_DATA_ROWS = """
select
    s.submission_id, null as sheet_name, null as cell, null as subject, null as found,
    null as detail_vi, null as detail_en
from judged as s
inner join registry.forms as form using (form_code, form_version)
where
    not s.is_nil and not exists (
        select from staging.stg_rows as r
        where
            r.submission_id = s.submission_id and r.row_kind = 'data'
            -- A part without a figure names nothing.
            and (form.filing_policy <> 'merge' or exists (
                select from staging.stg_figures as f
                where
                    f.submission_id = r.submission_id and f.sheet_name = r.sheet_name
                    and f.row_number = r.row_number and f.raw_text is not null
            ))
    )
"""

# A part of a report says by its rows what it takes back; a note says that there is nothing to report.
NO_FIGURES = """
select
    s.submission_id, null as sheet_name, null as cell, null as subject, null as found,
    null as detail_vi, null as detail_en
from judged as s
where
    not s.is_nil and not s.is_partial
    and exists (
        select from staging.stg_rows as r where r.submission_id = s.submission_id and r.row_kind = 'data'
    )
    and not exists (
        select from staging.stg_rows as r
        left join staging.stg_figures as f using (submission_id, sheet_name, row_number)
        where
            r.submission_id = s.submission_id
            and (r.note_meaning = 'no_data' or (r.row_kind = 'data' and f.raw_text is not null))
    )
"""

NIL_WITH_FIGURES = """
select
    f.submission_id, f.sheet_name, f.cell, f.field_code as subject, f.raw_text as found,
    null as detail_vi, null as detail_en
from staging.stg_figures as f
inner join judged as s using (submission_id)
where f.submission_id = any(%(submissions)s) and s.is_nil and f.value <> 0
"""

# Where a row names its unit, breakdown or item: the address of the first such cell and the texts of all of them.
_NAMED_AT = """
left join lateral (
    select
        min(c.cell) as cell,
        string_agg(c.cell_text, ' ' order by c.column_number) as found
    from staging.stg_cells as c
    where
        c.submission_id = r.submission_id and c.sheet_name = r.sheet_name and c.row_number = r.row_number
        and c.role in ('unit_code', 'unit_name', 'breakdown', 'item_code', 'item_label')
) as named on true
"""

UNIT_UNKNOWN = f"""
select
    r.submission_id, r.sheet_name, coalesce(named.cell, 'A' || r.row_number) as cell, null as subject,
    named.found, coalesce(told.vi, r.problem) as detail_vi, coalesce(told.en, r.problem) as detail_en
from staging.stg_rows as r
left join (
    values
    ('item_unknown', 'Biểu không có mã số này.', 'The form has no item of this code.'),
    ('unit_unknown', 'Không có đơn vị này trong kỳ báo cáo.', 'There is no such unit in the period.'),
    ('unit_ambiguous', 'Nhiều đơn vị cùng mang tên này.', 'Several units have this name.'),
    ('unit_contradicted', 'Mã và tên chỉ hai đơn vị khác nhau.', 'Code and name mean different units.'),
    ('unit_foreign', 'Đơn vị này không thuộc đơn vị báo cáo.', 'The unit does not belong to the sender.'),
    ('note_unknown', 'Ghi chú sau tên đơn vị chưa được biết.', 'The note behind the name is not known.'),
    ('breakdown_unknown', 'Không có phân tổ này.', 'There is no such breakdown.')
) as told (problem, vi, en) on told.problem = r.problem
{_NAMED_AT}
where r.submission_id = any(%(submissions)s) and r.row_kind = 'data' and r.problem is not null
"""

BELOW_TOTAL = f"""
select
    r.submission_id, r.sheet_name, coalesce(named.cell, 'A' || r.row_number) as cell, null as subject,
    named.found, null as detail_vi, null as detail_en
from staging.stg_rows as r
{_NAMED_AT}
where r.submission_id = any(%(submissions)s) and r.row_kind = 'below_total'
"""

UNIT_TWICE = f"""
select
    r.submission_id, r.sheet_name, coalesce(named.cell, 'A' || r.row_number) as cell,
    concat_ws('/', r.unit_id, nullif(r.breakdown_code, 'total')) as subject, named.found,
    'Dòng đầu tiên: ' || r.first_row || '.' as detail_vi, 'First row: ' || r.first_row || '.' as detail_en
from (
    select
        rows.*,
        min(rows.row_number) over (
            partition by rows.submission_id, rows.sheet_name, rows.unit_id, rows.breakdown_code
        ) as first_row
    from staging.stg_rows as rows
    inner join judged as s using (submission_id)
    inner join registry.forms as form using (form_code, form_version)
    where
        rows.submission_id = any(%(submissions)s) and form.layout = 'table' and rows.row_kind = 'data'
        and rows.unit_id is not null and rows.problem is null
) as r
{_NAMED_AT}
where r.row_number > r.first_row
"""

# What the registry has in one group is all there is; which group a form asks for, its rows say.
BREAKDOWN_OMITTED = """
with named as (
    select distinct r.submission_id, r.breakdown_code, b.breakdown_group
    from staging.stg_rows as r
    inner join judged as s using (submission_id)
    inner join registry.breakdowns as b using (breakdown_code)
    where
        r.submission_id = any(%(submissions)s) and r.row_kind = 'data' and r.breakdown_code <> 'total'
        and not s.is_nil and not s.is_partial
)

select
    n.submission_id, null as sheet_name, null as cell, b.breakdown_group as subject, null as found,
    'Còn thiếu: ' || string_agg(b.name_vi, '; ' order by b.breakdown_code) || '.' as detail_vi,
    'Not there: ' || string_agg(b.breakdown_code, ', ' order by b.breakdown_code) || '.' as detail_en
from (select distinct submission_id, breakdown_group from named) as n
inner join registry.breakdowns as b using (breakdown_group)
where not exists (
    select from named as there
    where there.submission_id = n.submission_id and there.breakdown_code = b.breakdown_code
)
group by n.submission_id, b.breakdown_group
"""

ITEM_TWICE = """
select
    f.submission_id, f.sheet_name, max(f.cell) as cell,
    concat_ws('/', nullif(r.unit_id, s.sender_unit_id), nullif(r.breakdown_code, 'total'), f.field_code) as subject,
    string_agg(f.cell || ' = ' || coalesce(f.raw_text, ''), '; ' order by f.row_number) as found,
    null as detail_vi, null as detail_en
from staging.stg_figures as f
inner join staging.stg_rows as r using (submission_id, sheet_name, row_number)
inner join judged as s using (submission_id)
inner join registry.forms as form using (form_code, form_version)
where
    f.submission_id = any(%(submissions)s) and form.layout = 'list' and r.row_kind = 'data' and r.problem is null
group by f.submission_id, f.sheet_name, f.field_code, s.sender_unit_id, r.unit_id, r.breakdown_code
having count(*) > 1
"""

# ``{meaning}`` is other_period or no_data.
ROW_NOTE = f"""
select
    r.submission_id, r.sheet_name, coalesce(named.cell, 'A' || r.row_number) as cell,
    coalesce(r.unit_id, '') as subject, named.found,
    case when r.note_meaning = 'other_period' then '(' || r.period_code || ')' end as detail_vi,
    case when r.note_meaning = 'other_period' then '(' || r.period_code || ')' end as detail_en
from staging.stg_rows as r
{_NAMED_AT}
where r.submission_id = any(%(submissions)s) and r.row_kind = 'data' and r.note_meaning = '{{meaning}}'
"""

# A total of a section adds up that section, a grand total everything. Rounding of the published figure to its
# own decimals is not a mismatch.
TOTAL_MISMATCH = """
with figures as (
    select f.*, r.row_kind, r.section_code
    from staging.stg_figures as f
    inner join staging.stg_rows as r using (submission_id, sheet_name, row_number)
    where f.submission_id = any(%(submissions)s)
),

compared as (
    select
        t.submission_id, t.sheet_name, t.cell, t.field_code, t.raw_text, t.value as published,
        coalesce(sum(d.value), 0) as computed
    from figures as t
    left join figures as d
        on
            d.submission_id = t.submission_id and d.sheet_name = t.sheet_name
            and d.field_code = t.field_code and d.row_kind = 'data'
            and (t.row_kind = 'grand_total' or d.section_code is not distinct from t.section_code)
    where t.row_kind in ('total', 'grand_total') and t.value is not null
    group by
        t.submission_id, t.sheet_name, t.cell, t.row_number, t.field_code, t.raw_text, t.value
)

select
    c.submission_id, c.sheet_name, c.cell, c.field_code as subject, c.raw_text as found,
    format('Cột "%%s": ghi %%s, cộng được %%s.', d.label, trim_scale(c.published), trim_scale(c.computed)) as detail_vi,
    format('Column "%%s": says %%s, adds up to %%s.', d.label, trim_scale(c.published), trim_scale(c.computed))
        as detail_en
from compared as c
inner join judged as s using (submission_id)
inner join registry.form_fields as d
    on d.form_code = s.form_code and d.form_version = s.form_version and d.field_code = c.field_code
where round(c.computed, scale(trim_scale(c.published))) <> c.published
"""
