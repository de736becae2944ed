{# True, false, or NULL for an unknown value: value operator threshold, the operator as a seed writes it. #}
{% macro meets(operator, value, threshold) -%}
    case {{ operator }}
        when '>=' then {{ value }} >= {{ threshold }}
        when '>' then {{ value }} > {{ threshold }}
        when '<=' then {{ value }} <= {{ threshold }}
        when '<' then {{ value }} < {{ threshold }}
    end
{%- endmacro %}

{# A value as a sentence writes it, with one decimal, in the unit of a row of kpi_units; '' between number and unit. #}
{% macro spoken(value, factor, suffix, between=' ') -%}
    cast({{ shown(value, factor) }} as {{ dbt.type_string() }})
    || coalesce('{{ between }}' || {{ suffix }}, '')
{%- endmacro %}

{# The number that a sentence shows of a value: one decimal, in the unit of a row of kpi_units. #}
{% macro shown(value, factor) -%}
    cast(cast({{ value }} * {{ factor }} as decimal(28, 9)) as decimal(18, 1))
{%- endmacro %}

{# How far a value is from a threshold, between the two as they are shown: nobody reads 0.8, 0.3 away from 1.0. #}
{% macro spoken_distance(value, threshold, factor, suffix, less_than, between=' ') -%}
    case
        when {{ shown(value, factor) }} = {{ shown(threshold, factor) }} then {{ less_than.format(spoken('0.1', 1, suffix, between)) }}
        else {{ spoken('abs(' ~ shown(threshold, factor) ~ ' - ' ~ shown(value, factor) ~ ')', 1, suffix, between) }}
    end
{%- endmacro %}
