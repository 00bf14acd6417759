{#
    Text folded for comparing only, never for storing: NFC, lower case, single blanks, and the tone mark of open
    oa, oe, uy on its first vowel. Accents stay. The same as kpi_reporting.text.match_key; a test compares them.
#}
{% macro match_key(text) -%}
    {%- set moved = [
        ('oà', 'òa'), ('oá', 'óa'), ('oả', 'ỏa'), ('oã', 'õa'), ('oạ', 'ọa'),
        ('oè', 'òe'), ('oé', 'óe'), ('oẻ', 'ỏe'), ('oẽ', 'õe'), ('oẹ', 'ọe'),
        ('uỳ', 'ùy'), ('uý', 'úy'), ('uỷ', 'ủy'), ('uỹ', 'ũy'), ('uỵ', 'ụy')
    ] -%}
    {%- set ns = namespace(sql="lower(btrim(regexp_replace(normalize(" ~ text ~ ", nfc), '[\\s\\u00a0]+', ' ', 'g')))") -%}
    {%- for late, early in moved -%}
        {%- set ns.sql = "regexp_replace(" ~ ns.sql ~ ", '(?<!q)" ~ late ~ "(?!\\w)', '" ~ early ~ "', 'g')" -%}
    {%- endfor -%}
    {{ ns.sql }}
{%- endmacro %}
