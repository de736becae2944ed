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
    cast(cast(cast({{ value }} * {{ factor }} as decimal(28, 9)) as decimal(18, 1)) as {{ dbt.type_string() }})
    || coalesce('{{ between }}' || {{ suffix }}, '')
{%- endmacro %}
