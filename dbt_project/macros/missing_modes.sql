{% macro counted_answer(answered, formula) -%}
    select
        w.is_whole,
        case {{ formula }}.missing_mode
            when 'partial_zero' then {{ answered }}.terms > 0
            when 'always_zero' then true
            when 'non_zero' then {{ answered }}.has_something
            else w.is_whole
        end as is_counted,
        -- A nil filing brings nothing to add, not a zero, unless the mode always has a figure.
        {{ formula }}.missing_mode = 'always_zero'
        or ({{ formula }}.missing_mode in ('partial_zero', 'non_zero') and {{ answered }}.values > 0) as fills_with_zero
    from (select {{ answered }}.terms = {{ formula }}.terms_needed as is_whole) as w
{%- endmacro %}

{% macro counted_sides(answered, formula, mode) -%}
    select
        case when {{ mode }}.is_counted then z.numerator * z.weight end as numerator,
        case when {{ mode }}.is_counted and {{ formula }}.has_denominator then z.denominator * z.weight end
            as denominator
    from (
        select
            case when {{ mode }}.fills_with_zero then coalesce({{ answered }}.numerator, 0) else {{ answered }}.numerator end
                as numerator,
            case
                when not {{ formula }}.divides then 1
                when {{ mode }}.fills_with_zero then coalesce({{ answered }}.denominator, 0)
                else {{ answered }}.denominator
            end as denominator,
            case
                when {{ formula }}.over_units <> 'weighted' then 1
                when {{ mode }}.fills_with_zero then coalesce({{ answered }}.weight, 0)
                else {{ answered }}.weight
            end as weight
    ) as z
{%- endmacro %}
