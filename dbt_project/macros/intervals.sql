{#
    What was drawn around expected NRR. dbt runs the Python model on DuckDB; Spark reads its rows exported, as it reads raw.
#}
{% macro expected_intervals() -%}
    {% if target.type == 'duckdb' %}{{ ref('int_expected_intervals') }}{% else %}{{ source('resampled', 'int_expected_intervals') }}{% endif %}
{%- endmacro %}

{# The ends of an interval: it holds what it is drawn around, and nobody pays less than nothing. NULL stays NULL. #}
{% macro interval_low(drawn, expected) -%}
    case when {{ drawn }} is not null then greatest(least({{ drawn }}, {{ expected }}), cast(0 as double)) end
{%- endmacro %}

{% macro interval_high(drawn, expected) -%}
    case when {{ drawn }} is not null then greatest({{ drawn }}, {{ expected }}) end
{%- endmacro %}
