{# A schema per layer, named like the layer, the same everywhere: another environment is another file. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{# Words in one cell, in the order of the words, separated by a semicolon; NULL for none. #}
{% macro words_in_order(words) -%}
    {{ adapter.dispatch('words_in_order')(words) }}
{%- endmacro %}

{% macro default__words_in_order(words) -%}
    string_agg({{ words }}, '; ' order by {{ words }})
{%- endmacro %}

{% macro spark__words_in_order(words) -%}
    nullif(array_join(array_sort(collect_list({{ words }})), '; '), '')
{%- endmacro %}
