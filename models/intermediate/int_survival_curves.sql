-- Grain: one row per scope and length of life, in days, at which somebody left or was last seen.
-- Kaplan-Meier with Greenwood's variance and delayed entry (R7); the curve at a length is the row at or before it.

with

account_lives as (

    select * from {{ ref('int_account_lives') }}

),

lives as (

    select
        scope_type,
        scope_value,
        entry_days,
        duration_days,
        has_churned as has_ended

    from account_lives

),

{{ product_limit_steps('lives') }},

final as (

    select
        scope_type,
        scope_value,
        duration_days,
        at_risk,
        events,
        censored,
        survival,
        standard_error

    from curve

)

select * from final
