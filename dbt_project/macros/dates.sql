{# The run's date. Only int_as_of_spine calls this; unit tests override it there. #}
{% macro as_of_date() -%}
    cast('{{ env_var("CSW_AS_OF", "1970-01-01") }}' as date)
{%- endmacro %}

{# n months before a date: the last day of the month if the date is one, else the same day, clamped (domain §0). #}
{% macro months_before(date, n) -%}
    case
        when {{ date }} = last_day({{ date }}) then last_day({{ plus_months(date, '-1 * (' ~ n ~ ')') }})
        else {{ plus_months(date, '-1 * (' ~ n ~ ')') }}
    end
{%- endmacro %}

{# A date moved by a number of months (negative: earlier), its day clamped; the number may be a column. #}
{% macro plus_months(date, n) -%}
    {{ adapter.dispatch('plus_months')(date, n) }}
{%- endmacro %}

{% macro default__plus_months(date, n) -%}
    cast({{ dbt.dateadd('month', n, date) }} as date)
{%- endmacro %}

{% macro spark__plus_months(date, n) -%}
    add_months({{ date }}, {{ n }})
{%- endmacro %}

{# A date moved by a number of days (negative: earlier); the number may be a column. #}
{% macro plus_days(date, n) -%}
    {{ adapter.dispatch('plus_days')(date, n) }}
{%- endmacro %}

{% macro default__plus_days(date, n) -%}
    cast({{ dbt.dateadd('day', n, date) }} as date)
{%- endmacro %}

{# dbt's own dateadd raises an error for NULL on Spark. #}
{% macro spark__plus_days(date, n) -%}
    date_add({{ date }}, {{ n }})
{%- endmacro %}

{# The mean length of a month in days; a double, because Spark divides decimals to a few digits. #}
{% macro days_per_month() -%}
    cast(30.4375 as double)
{%- endmacro %}

{#
    Months until a contract ends, counted up from its last day covered: 1 in its last month, 0 once it has ended;
    NULL without an end. From a month end to a month end is whole months.
#}
{% macro months_to_renewal(date, renewal_date) -%}
    {%- set last_day_covered = plus_days(renewal_date, '-1') -%}
    case
        when {{ renewal_date }} <= {{ date }} then 0
        when {{ renewal_date }} is not null
            then cast(greatest(
                1,
                12 * (extract(year from {{ last_day_covered }}) - extract(year from {{ date }}))
                + extract(month from {{ last_day_covered }}) - extract(month from {{ date }})
                + case
                    when
                        extract(day from {{ last_day_covered }}) > extract(day from {{ date }})
                        and {{ date }} <> last_day({{ date }})
                        then 1
                    else 0
                end
            ) as int)
    end
{%- endmacro %}

{# Days from one date to another, negative when the second is earlier. #}
{% macro days_between(first, second) -%}
    {{ adapter.dispatch('days_between')(first, second) }}
{%- endmacro %}

{% macro default__days_between(first, second) -%}
    date_diff('day', {{ first }}, {{ second }})
{%- endmacro %}

{% macro spark__days_between(first, second) -%}
    datediff({{ second }}, {{ first }})
{%- endmacro %}
