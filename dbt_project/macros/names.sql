{# A schema per layer, named like the layer, the same everywhere: another environment is another file. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
