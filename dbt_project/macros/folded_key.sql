{% macro folded_key(key) -%}
    {%- set letters = "normalize(replace(" ~ bare_key(key) ~ ", 'đ', 'd'), nfd)" -%}
    {%- set plain = "regexp_replace(" ~ letters ~ ", '[\\u0300-\\u036f]', '', 'g')" -%}
    btrim(regexp_replace({{ plain }}, '[^a-z0-9]+', ' ', 'g'))
{%- endmacro %}
