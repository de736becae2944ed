{# total / parts as a whole number, half away from zero. Money stays an integer: no binary float is rounded. #}
{% macro divide_half_away(total, parts) -%}
    cast(
        sign({{ total }}) * (
            (2 * abs({{ total }}) + {{ parts }} - mod(2 * abs({{ total }}) + {{ parts }}, 2 * {{ parts }})) / (2 * {{ parts }})
        ) as bigint
    )
{%- endmacro %}

{# A rate: an exact sum divided once, nine decimals, NULL where there is nothing to divide by (domain §0). #}
{% macro rate(numerator, denominator) -%}
    round(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0), 9)
{%- endmacro %}
