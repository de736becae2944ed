{# Days a contract of this term may be renewed late; `policies` is int_policies or a row of int_policy_sets (R3). #}
{% macro grace_days(term_months, policies) -%}
    case
        when {{ term_months }} < {{ policies }}.short_term_below_months
            then {{ policies }}.renewal_grace_days_short_term
        else {{ policies }}.renewal_grace_days
    end
{%- endmacro %}

{# What became of a gap in coverage under a grace: a late renewal, undecided, or an end (R3). #}
{% macro gap_status(gaps, grace_days) -%}
    case
        when {{ days_between(gaps ~ '.gap_start_date', gaps ~ '.next_start_date') }} <= {{ grace_days }} then 'bridged'
        when {{ gaps }}.next_start_date is not null or {{ gaps }}.is_cancelled then 'lapsed'
        when {{ days_between(gaps ~ '.gap_start_date', gaps ~ '.as_of_date') }} < {{ grace_days }} then 'in_grace'
        else 'lapsed'
    end
{%- endmacro %}

{# The band of a set (seed `bands`) in which a whole number lies; a band without a bound is open there. #}
{% macro in_band(bands, band_set, number) -%}
    {{ bands }}.band_set = '{{ band_set }}'
    and {{ number }} >= coalesce({{ bands }}.minimum, {{ number }})
    and {{ number }} < coalesce({{ bands }}.below_maximum, {{ number }} + 1)
{%- endmacro %}

{#
    Months an agreement runs: its price phases are one contract, from the first day of the first to the end of the last
    (R6). One without phases, or without an end (NULL, or the year 9999), has the term of its line.
#}
{% macro agreed_term_months(is_phased, start_date, end_date, term_months) -%}
    case
        when {{ is_phased }} and {{ end_date }} < cast('9999-12-31' as date)
            then round({{ days_between(start_date, end_date) }} / {{ days_per_month() }})
        else {{ term_months }}
    end
{%- endmacro %}

{# Against a target: a gap within the tolerance is no gap; NULL without a figure (E5, E7). #}
{% macro progress_status(gap, tolerance) -%}
    case
        when abs({{ nine_decimals(gap) }}) <= {{ tolerance }} then 'on'
        when {{ gap }} > 0 then 'ahead'
        when {{ gap }} < 0 then 'behind'
    end
{%- endmacro %}
