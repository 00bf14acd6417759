{% macro match_key(text) -%}
    {%- set tones = '([\\u0300\\u0301\\u0303\\u0309\\u0323])' -%}
    {%- set blanks = "'[\\s\\u00a0\\u2007\\u202f]+', ' ', 'g'" -%}
    {%- set folded = "lower(btrim(regexp_replace(normalize(" ~ text ~ ", nfc), " ~ blanks ~ ")))" -%}
    {%- set letters = "normalize(" ~ folded ~ ", nfd)" -%}
    {# In split letters a vowel with a mark of its own, as in oậ, has that mark behind the tone. #}
    {%- set on_o = "'(o)([ae])" ~ tones ~ "(?![\\w\\u0302\\u0306])'" -%}
    {%- set on_u = "'(?<!q)(u)(y)" ~ tones ~ "(?!\\w)'" -%}
    {%- set moved = "regexp_replace(regexp_replace(" ~ letters ~ ", " ~ on_o ~ ", '\\1\\3\\2', 'g'), "
        ~ on_u ~ ", '\\1\\3\\2', 'g')" -%}
    normalize({{ moved }}, nfc)
{%- endmacro %}
