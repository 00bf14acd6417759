select distinct
    split_part(b.figure_key, '/', 1) as kpi_code,
    split_part(b.figure_key, '/', 2) as formula_code,
    split_part(b.figure_key, '/', 3) as unit_id,
    split_part(b.figure_key, '/', 4) as calendar_code,
    split_part(b.figure_key, '/', 5) as period_code
from {{ source('quality', 'blocked_figures') }} as b
where b.table_name = 'kpi_values'
