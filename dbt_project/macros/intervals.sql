{#
    What was drawn around expected NRR. dbt runs the Python model on DuckDB; Spark reads its rows exported, as it reads raw.
#}
{% macro expected_intervals() -%}
    {% if target.type == 'duckdb' %}{{ ref('int_expected_intervals') }}{% else %}{{ source('resampled', 'int_expected_intervals') }}{% endif %}
{%- endmacro %}
