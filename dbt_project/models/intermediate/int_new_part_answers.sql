{{ config(materialized='ephemeral') }}

{{ answers(ref('int_new_parts'), of_units=false) }}
