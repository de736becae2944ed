{#
    The steps of a product-limit (Kaplan-Meier) estimate with Greenwood's variance and delayed entry (R7, S2). `lives` is
    a CTE with scope_type, scope_value, entry_days, duration_days and has_ended, a row per life; the steps end in `curve`,
    a row per scope and length of life at which something ended or was last seen.
#}
{% macro product_limit_steps(lives) -%}
    -- A life is at risk at every length past the day it was first seen at, up to the one it ends at.
    comings_and_goings as (

        select
            scope_type,
            scope_value,
            entry_days + 1 as duration_days,
            1 as entered,
            0 as events,
            0 as censored

        from {{ lives }}

        union all

        select
            scope_type,
            scope_value,
            duration_days,
            0 as entered,
            case when has_ended then 1 else 0 end as events,
            case when has_ended then 0 else 1 end as censored

        from {{ lives }}

    ),

    lengths as (

        select
            scope_type,
            scope_value,
            cast(duration_days as int) as duration_days,
            cast(sum(entered) as bigint) as entered,
            cast(sum(events) as bigint) as events,
            cast(sum(censored) as bigint) as censored

        from comings_and_goings

        group by 1, 2, 3

    ),

    at_risk as (

        select
            scope_type,
            scope_value,
            duration_days,
            events,
            censored,
            cast(sum(entered - events - censored) over shorter + events + censored as bigint) as at_risk

        from lengths

        window shorter as (
            partition by scope_type, scope_value order by duration_days
            rows between unbounded preceding and current row
        )

    ),

    -- A product of ratios is a sum of logarithms; once the last one at risk has left, the curve is 0 for good.
    summed as (

        select
            *,
            sum(case when events < at_risk then ln(cast(at_risk - events as double) / at_risk) else 0 end) over shorter
                as log_survival,
            sum(
                case when events < at_risk then cast(events as double) / (cast(at_risk as double) * (at_risk - events)) else 0 end
            ) over shorter as greenwood_sum,
            max(case when events = at_risk then 1 else 0 end) over shorter = 1 as is_extinct

        from at_risk

        where events + censored > 0

        window shorter as (
            partition by scope_type, scope_value order by duration_days
            rows between unbounded preceding and current row
        )

    ),

    curve as (

        select
            scope_type,
            scope_value,
            duration_days,
            at_risk,
            events,
            censored,
            {{ nine_decimals('case when is_extinct then 0.0 else exp(log_survival) end') }} as survival,
            {{ nine_decimals('case when is_extinct then 0.0 else exp(log_survival) * sqrt(greenwood_sum) end') }} as standard_error

        from summed

    )
{%- endmacro %}
