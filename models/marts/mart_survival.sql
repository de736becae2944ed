-- Grain: one row per scope and length of life, in days, at which somebody left or was last seen (R7).

with

curves as (

    select * from {{ ref('int_survival_curves') }}

),

final as (

    select
        scope_type,
        scope_value,
        duration_days,
        {{ nine_decimals('duration_days / ' ~ days_per_month()) }} as duration_months,
        at_risk,
        events,
        censored,
        survival,
        standard_error,
        {{ nine_decimals('greatest(survival - 1.96 * standard_error, 0.0)') }} as survival_low,
        {{ nine_decimals('least(survival + 1.96 * standard_error, 1.0)') }} as survival_high

    from curves

)

select * from final
