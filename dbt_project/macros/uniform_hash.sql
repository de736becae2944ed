{# A number in [0, 1) drawn from a text: the same text, the same number, on every engine. Resampling is seeded by it. #}
{% macro uniform_hash(text_expression) -%}
    {{ adapter.dispatch('uniform_hash')(text_expression) }}
{%- endmacro %}

{% macro default__uniform_hash(text_expression) -%}
    cast('0x' || substr(md5({{ text_expression }}), 1, 8) as bigint) / 4294967296.0
{%- endmacro %}

{# A literal with a point is a decimal there. #}
{% macro spark__uniform_hash(text_expression) -%}
    cast(conv(substr(md5({{ text_expression }}), 1, 8), 16, 10) as bigint) / cast(4294967296 as double)
{%- endmacro %}
