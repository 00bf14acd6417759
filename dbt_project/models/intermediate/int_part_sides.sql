{{ config(materialized='ephemeral') }}

select
    {{ side_columns('s0') }}
from {{ ref('int_part_sides_level_0') }} as s0
union all
select
    {{ side_columns('s1') }}
from {{ ref('int_part_sides_level_1') }} as s1
union all
select
    {{ side_columns('s2') }}
from {{ ref('int_part_sides_level_2') }} as s2
union all
select
    {{ side_columns('s3') }}
from {{ ref('int_part_sides_level_3') }} as s3
