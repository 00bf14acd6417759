{# How lines below a table begin, in plain letters: who signs, for whom, whom it goes to; or place and day. #}
{% macro is_closing_line(text) -%}
    {%- set beginnings = [
        'nguoi lap', 'nguoi tong hop', 'nguoi kiem tra', 'nguoi duyet', 'lap bieu', 'lap bang', 'ke toan',
        'thu truong', 'giam doc', 'pho giam doc', 'chu tich', 'pho chu tich', 'truong phong', 'chanh van phong',
        'tm', 'kt', 'tl', 'tuq', 'noi nhan', 'luu vt', 'ky ten', 'ky ghi', 'ky va', 'ky dong dau', 'da ky',
        'xac nhan cua'
    ] -%}
    {%- set dated = '(.* )?ngay ([0-9]{1,2} )?thang ([0-9]{1,2} )?nam( [0-9]{2,4})?' -%}
    {{ folded_key(match_key(text)) }} ~ '^((({{ beginnings | join("|") }})( .*)?)|{{ dated }})$'
{%- endmacro %}
