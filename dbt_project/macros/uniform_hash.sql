{# A number in [0, 1) that a text always gives: what is drawn by it comes out the same on every run and engine. #}
{% macro uniform_hash(text_expression) -%}
    {{ adapter.dispatch('uniform_hash')(text_expression) }}
{%- endmacro %}

{% macro default__uniform_hash(text_expression) -%}
    cast('0x' || substr(md5({{ text_expression }}), 1, 8) as bigint) / cast(4294967296 as double)
{%- endmacro %}

{% macro spark__uniform_hash(text_expression) -%}
    cast(conv(substr(md5({{ text_expression }}), 1, 8), 16, 10) as bigint) / cast(4294967296 as double)
{%- endmacro %}
