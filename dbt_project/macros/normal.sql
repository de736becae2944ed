{# 95 % of a normal distribution lie within so many standard errors on both sides. #}
{% macro z_95() -%}
    cast(1.959963984540054 as double)
{%- endmacro %}

{#
    One bound of Wilson's 95 % interval of events / number; `sign` is '-' or '+'. NULL without anything to count.
    Of none and of all the bound is the end of the scale itself.
#}
{% macro wilson_bound(events, number, sign) -%}
    case
        when {{ events }} = {{ 0 if sign == '-' else number }} then cast({{ 0 if sign == '-' else 1 }} as double)
        else (
            {{ events }} + power({{ z_95() }}, 2) / 2
            {{ sign }} {{ z_95() }} * sqrt(
                cast({{ events }} as double) * ({{ number }} - {{ events }}) / nullif({{ number }}, 0)
                + power({{ z_95() }}, 2) / 4
            )
        ) / (nullif({{ number }}, 0) + power({{ z_95() }}, 2))
    end
{%- endmacro %}

{#
    How likely a standard normal number lies at least so far from 0, on either side; `z` is a column. Neither engine's
    erfc is there on the other one. Hart's rational approximation (J. F. Hart et al., Computer Approximations, 1968,
    no. 5666) in double precision, beyond 7.07 the continued fraction; both good to 1e-14.
#}
{% macro two_sided_p_value(z) -%}
    {%- set above = [0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
        221.213596169931, 220.206867912376] -%}
    {%- set below = [0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
        637.333633378831, 793.826512519948, 440.413735824752] -%}
    2 * exp(-{{ z }} * {{ z }} / 2) * case
        when abs({{ z }}) < 7.07106781186547
            then ({{ polynomial(above, z) }}) / ({{ polynomial(below, z) }})
        else 1 / (abs({{ z }}) + 1 / (abs({{ z }}) + 2 / (abs({{ z }}) + 3 / (abs({{ z }}) + 4 / (abs({{ z }}) + 0.65)))))
            / cast(2.506628274631 as double)
    end
{%- endmacro %}

{# A polynomial of |x| by Horner's rule, its highest coefficient first. #}
{% macro polynomial(coefficients, x) -%}
    {%- for _ in coefficients[1:] -%} ( {%- endfor -%}
    cast({{ coefficients[0] }} as double)
    {%- for coefficient in coefficients[1:] -%}
        ) * abs({{ x }}) + cast({{ coefficient }} as double)
    {%- endfor -%}
{%- endmacro %}
