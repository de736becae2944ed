{# The draws a policy may ask for, 1 to 1000, as rows: engines have no common way to count. #}
{% macro draw_numbers() -%}
    select cast(100 * hundreds.digit + 10 * tens.digit + ones.digit + 1 as int) as draw
    from {{ _digits() }} as hundreds
    cross join {{ _digits() }} as tens
    cross join {{ _digits() }} as ones
{%- endmacro %}

{% macro _digits() -%}
    ({% for digit in range(10) %}select {{ digit }} as digit{{ ' union all ' if not loop.last }}{% endfor %})
{%- endmacro %}
