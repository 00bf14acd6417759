{{ config(materialized='ephemeral') }}

{{ answers(none if computes_everything() else ref('int_touched_unit_parts')) }}
