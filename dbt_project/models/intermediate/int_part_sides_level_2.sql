{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['part_code', 'unit_id', 'formula_code', 'formula_version'],
    meta={'touched': 'int_touched_part_sides'},
    indexes=[{'columns': ['part_code', 'unit_id', 'formula_code', 'formula_version'], 'unique': true}]
) }}

{{ part_sides(2) }}
