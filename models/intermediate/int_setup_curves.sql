-- Grain: one row per scope and days since the first paid day on which a set-up was completed or last seen open: the
-- share of set-ups still open, estimated from all that were followed so long (Kaplan-Meier, as for lives).

with

setup_lives as (

    select * from {{ ref('int_setup_lives') }}

),

-- A set-up is at risk from day 0 on, on which it may be complete already.
lives as (

    select
        scope_type,
        scope_value,
        -1 as entry_days,
        duration_days,
        is_completed as has_ended

    from setup_lives

    where has_setup_source

),

{{ product_limit_steps('lives') }},

final as (

    select
        scope_type,
        scope_value,
        duration_days,
        at_risk,
        events as completed,
        censored,
        survival as still_open,
        standard_error

    from curve

)

select * from final
