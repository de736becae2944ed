-- Grain: one row per matured window (month end and horizon), account, product and version of the health score: what the
-- score said at the start, and what became of the customer. Only the version in force (is_in_force) stood at the time.

with

score_bands as (

    select * from {{ ref('int_score_bands') }}

),

churn_windows as (

    select * from {{ ref('int_churn_windows') }}

),

final as (

    select
        churn_windows.window_start_date,
        churn_windows.horizon_months,
        churn_windows.window_end_date,
        churn_windows.account_id,
        churn_windows.product_id,
        score_bands.profile_version,
        score_bands.is_in_force,
        score_bands.product_profile,
        score_bands.phase,
        score_bands.score,
        score_bands.band,
        churn_windows.mrr_start,
        churn_windows.could_churn,
        churn_windows.is_churned,
        churn_windows.ended_date

    from churn_windows
    inner join score_bands
        on
            churn_windows.window_start_date = score_bands.as_of_date
            and churn_windows.account_id = score_bands.account_id
            and churn_windows.product_id = score_bands.product_id

)

select * from final
