{# total / parts as a whole number, half away from zero. Money stays an integer: no binary float is rounded. #}
{% macro divide_half_away(total, parts) -%}
    cast(
        sign({{ total }}) * round(
            (2 * abs({{ total }}) + {{ parts }} - mod(2 * abs({{ total }}) + {{ parts }}, 2 * {{ parts }})) / (2 * {{ parts }})
        ) as bigint
    )
{%- endmacro %}

{#
    MRR of a contract line in the reporting currency on a day: the exact price per month times the rate, rounded once
    (R1). `rates` is int_exchange_rates, joined by currency and day; it has no rows of the reporting currency itself.
#}
{% macro converted_mrr(lines, rates) -%}
    case
        when {{ lines }}.is_reporting_currency then {{ lines }}.mrr
        else {{ divide_half_away(
            'cast(' ~ lines ~ '.price_numerator * ' ~ rates ~ '.rate_numerator as decimal(38, 0))',
            'cast(' ~ lines ~ '.price_denominator * ' ~ rates ~ '.rate_denominator as decimal(38, 0))'
        ) }}
    end
{%- endmacro %}

{# The discount of a contract line in the reporting currency on a day: a sum per month, rounded like its price. #}
{% macro converted_discount(lines, rates) -%}
    case
        when {{ lines }}.is_reporting_currency then {{ lines }}.discount_mrr
        else {{ divide_half_away(
            'cast(' ~ lines ~ '.discount_mrr * ' ~ rates ~ '.rate_numerator as decimal(38, 0))',
            'cast(' ~ rates ~ '.rate_denominator as decimal(38, 0))'
        ) }}
    end
{%- endmacro %}

{# An amount times a number of at most nine decimals, rounded once, half away from zero: whole minor units again. #}
{% macro money_times(amount, number) -%}
    cast(round(cast({{ amount }} as decimal(18, 0)) * cast({{ number }} as decimal(18, 9)), 0) as bigint)
{%- endmacro %}

{# A rate: an exact sum divided once, nine decimals, NULL where there is nothing to divide by (domain §0). #}
{% macro rate(numerator, denominator) -%}
    {{ nine_decimals('cast(' ~ numerator ~ ' as double) / nullif(cast(' ~ denominator ~ ' as double), 0)') }}
{%- endmacro %}

{#
    A double to nine decimals. Ties are common (a weighted score over 100), and Spark's round decides them by the
    printed digits, DuckDB's by the product: the same arithmetic is spelled out, so that no band tips on one engine.
#}
{% macro nine_decimals(number) -%}
    {{ adapter.dispatch('nine_decimals')(number) }}
{%- endmacro %}

{% macro default__nine_decimals(number) -%}
    round({{ number }}, 9)
{%- endmacro %}

{% macro spark__nine_decimals(number) -%}
    round(1e9 * ({{ number }})) / 1e9
{%- endmacro %}

{# What n accounts have seen, leaning on a parent that weighs as much as k accounts (E1). #}
{% macro shrunk(n, seen, k, parent) -%}
    ({{ n }} * {{ seen }} + {{ k }} * {{ parent }}) / ({{ n }} + {{ k }})
{%- endmacro %}

{# A sum of doubles that has the same digits in any order: of their first nine decimals, exactly. #}
{% macro sum_decimal(number) -%}
    cast(sum(cast({{ nine_decimals(number) }} as decimal(28, 9))) as double)
{%- endmacro %}
