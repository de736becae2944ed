{#
    Heavy models keep what is still true and replace the rest. What to replace is a list that other rows wrote
    (touched days, as-of dates to build), not the days of the new result: a day that a correction empties
    produces no row and would otherwise stay. Spark builds from scratch (--full-refresh).
#}
{% macro delete_touched_days(source_name, column) -%}
    {% set touched_days = ref('stg_touched_days') %}
    {% if is_incremental() %}
        delete from {{ this }}
        where {{ column }} in (select touched_date from {{ touched_days }} where source_name = '{{ source_name }}')
    {% endif %}
{%- endmacro %}

{#
    The touched days as literals: only literals are pushed below staging's window function, so that a day costs
    what a day holds and not what history holds.
#}
{% macro is_touched_day(source_name, column) -%}
    {% set days = run_query(
        "select distinct touched_date from " ~ ref('stg_touched_days')
        ~ " where source_name = '" ~ source_name ~ "' and touched_date is not null order by 1"
    ).columns[0].values() if execute else [] %}
    {%- if days | length == 0 -%}
        false
    {%- else -%}
        {{ column }} in ({% for day in days %}cast('{{ day }}' as date){{ ", " if not loop.last }}{% endfor %})
    {%- endif -%}
{%- endmacro %}

{% macro delete_as_of_dates() -%}
    {% set to_build = ref('int_as_of_to_build') %}
    {% set spine = ref('int_as_of_spine') %}
    {% if is_incremental() %}
        delete from {{ this }}
        where
            as_of_date in (select as_of_date from {{ to_build }})
            or as_of_date not in (select as_of_date from {{ spine }})
    {% endif %}
{%- endmacro %}
