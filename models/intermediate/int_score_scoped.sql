{{ config(materialized='view') }}
-- Grain: one row per window of a score that stood at the time, and group it is counted in: its phase or all, its product
-- profile or all, those that could churn or everybody. A view: the rows are only ever added up.

with

score_windows as (

    select * from {{ ref('int_score_windows') }}
    where is_in_force

),

phases as (

    select true as is_every_phase
    union all
    select false as is_every_phase

),

profiles as (

    select true as is_every_profile
    union all
    select false as is_every_profile

),

populations as (

    select 'could_churn' as population
    union all
    select 'everybody' as population

),

final as (

    select
        score_windows.profile_version,
        case when phases.is_every_phase then 'all' else score_windows.phase end as phase,
        case when profiles.is_every_profile then 'all' else score_windows.product_profile end as product_profile,
        score_windows.horizon_months,
        populations.population,
        score_windows.window_start_date,
        score_windows.account_id,
        score_windows.product_id,
        score_windows.score,
        score_windows.band,
        score_windows.mrr_start,
        score_windows.is_churned,
        score_windows.ended_date

    from score_windows
    cross join phases
    cross join profiles
    cross join populations

    where populations.population = 'everybody' or score_windows.could_churn

)

select * from final
