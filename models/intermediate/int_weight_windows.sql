-- Grain: one row per profile of the health version in force on the newest day, year, account, product and component: what
-- the component showed when the year began, and whether the product was lost in it (L5). Years are the threshold
-- advisor's: those of the `train` part had matured before the first of the `test` part began.

with

candidates as (

    select * from {{ ref('int_weight_candidates') }}

),

advisor_windows as (

    select * from {{ ref('int_advisor_windows') }}

),

windows as (

    select * from {{ ref('int_windows') }}

),

health_components as (

    select * from {{ ref('int_health_components') }}

),

years as (

    select distinct
        window_start_date,
        part

    from advisor_windows

),

profiles as (

    select distinct scored_by from candidates

),

final as (

    select
        health_components.scored_by,
        years.part,
        windows.window_start_date,
        windows.account_id,
        windows.product_id,
        health_components.component_key,
        health_components.score,
        windows.mrr_end = 0 as is_churned

    from years
    inner join windows on years.window_start_date = windows.window_start_date
    inner join health_components
        on
            windows.window_start_date = health_components.as_of_date
            and windows.account_id = health_components.account_id
            and windows.product_id = health_components.product_id
            and health_components.score_kind = 'health'
    inner join profiles on health_components.scored_by = profiles.scored_by

)

select * from final
