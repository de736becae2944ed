{#
    Ingestion and the job write DuckDB only. Before a build on Spark the tables that staging reads are exported as
    Parquet, a folder each, to <CSW_DATA_DIR>/<schema>; here they become external tables.
#}
{% macro create_source_tables() -%}
    {{ adapter.dispatch('create_source_tables')() }}
{%- endmacro %}

{% macro default__create_source_tables() -%}
{%- endmacro %}

{% macro spark__create_source_tables() -%}
    {% for table in (graph.sources.values() if execute else []) %}
        {% set address = table.schema ~ '.' ~ table.identifier %}
        {% set folder = env_var('CSW_DATA_DIR', '../data') ~ '/' ~ table.schema ~ '/' ~ table.identifier %}
        {% do run_query('create schema if not exists ' ~ table.schema) %}
        {% do run_query('drop table if exists ' ~ address) %}
        {% do run_query('create table ' ~ address ~ " using parquet location '" ~ folder ~ "'") %}
    {% endfor %}
{%- endmacro %}

{# Seeds as literals: in a session dbt-spark would write a blank as the text None and trip over an apostrophe. #}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {% set types = model.config.column_types %}
    {% set insert_rows %}
        insert into {{ this }} values
        {% for row in agate_table.rows -%}
            (
                {%- for column in agate_table.column_names -%}
                    {%- set type = types.get(column, adapter.convert_type(agate_table, loop.index0)) -%}
                    cast({{ spark_literal(row[column]) }} as {{ type }}){{ ', ' if not loop.last }}
                {%- endfor -%}
            ){{ ',' if not loop.last }}
        {% endfor %}
    {% endset %}
    {% do adapter.add_query(insert_rows, abridge_sql_log=True) %}
    {{ return(insert_rows) }}
{%- endmacro %}

{% macro spark_literal(value) -%}
    {% if value is none -%} null {%- else -%} '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}' {%- endif %}
{%- endmacro %}
