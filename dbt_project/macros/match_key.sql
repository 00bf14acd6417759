{% macro match_key(text) -%}
    {%- set tones = '([\\u0300\\u0301\\u0303\\u0309\\u0323])' -%}
    {%- set blanks = "'[\\s\\u00a0\\u2007\\u202f]+', ' ', 'g'" -%}
    {%- set folded = "lower(btrim(regexp_replace(normalize(" ~ text ~ ", nfc), " ~ blanks ~ ")))" -%}
    {# In split letters a tone that belongs to a vowel with a mark of its own, as in oậ, is followed by that mark. #}
    {%- set on_o = "regexp_replace(normalize(" ~ folded ~ ", nfd), "
        ~ "'(o)([ae])" ~ tones ~ "(?![\\w\\u0302\\u0306])', '\\1\\3\\2', 'g')" -%}
    normalize(regexp_replace({{ on_o }}, '(?<!q)(u)(y){{ tones }}(?!\w)', '\1\3\2', 'g'), nfc)
{%- endmacro %}
