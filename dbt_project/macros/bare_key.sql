{% macro bare_key(key) -%}
    {%- set office = '(?:ubnd|(?:ủy|uy) ban (?:nhân|nhan) (?:dân|dan)) ' -%}
    {%- set kind = '(?:xã|xa|phường|phuong|thị trấn|thi tran|thị xã|thi xa|thành phố|thanh pho'
        ~ '|huyện|huyen|tỉnh|tinh|tp|tx|tt) ' -%}
    regexp_replace({{ key }}, '^(?:{{ office }})?(?:{{ kind }}|(?:tp|tx|tt|p|x|h)\. ?)?(?=.)', '')
{%- endmacro %}
