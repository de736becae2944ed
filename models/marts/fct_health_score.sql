-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole). A churned account is no
-- longer scored; its last rows stay.

with

unit_scores as (

    select * from {{ ref('int_unit_scores') }}

),

trends as (

    select * from {{ ref('int_score_trends') }}

),

bands as (

    select * from {{ ref('health_bands') }}

),

final as (

    select
        unit_scores.as_of_date,
        unit_scores.account_id,
        unit_scores.product_id,
        unit_scores.product_profile,
        unit_scores.phase,
        unit_scores.profile_version,
        unit_scores.score,
        coalesce(bands.band, 'no_data') as band,
        unit_scores.coverage,
        unit_scores.raw_score,
        unit_scores.cap_key,
        unit_scores.override_author_id,
        unit_scores.override_reason,
        unit_scores.override_expires_date,
        unit_scores.lowest_score,
        trend_28d.score_change as score_change_28d,
        trend_28d.compared_days as compared_days_28d,
        trend_28d.null_reason as score_change_28d_null_reason,
        trend_90d.score_change as score_change_90d,
        trend_90d.compared_days as compared_days_90d,
        trend_90d.null_reason as score_change_90d_null_reason,
        unit_scores.null_reason

    from unit_scores
    left join bands
        on
            unit_scores.score_kind = bands.score_kind
            and unit_scores.score >= bands.minimum
            and unit_scores.score < bands.below_maximum
    left join trends as trend_28d
        on
            unit_scores.as_of_date = trend_28d.as_of_date
            and unit_scores.account_id = trend_28d.account_id
            and unit_scores.product_id = trend_28d.product_id
            and unit_scores.score_kind = trend_28d.score_kind
            and trend_28d.trend_days = 28
    left join trends as trend_90d
        on
            unit_scores.as_of_date = trend_90d.as_of_date
            and unit_scores.account_id = trend_90d.account_id
            and unit_scores.product_id = trend_90d.product_id
            and unit_scores.score_kind = trend_90d.score_kind
            and trend_90d.trend_days = 90

    where unit_scores.score_kind = 'health'

)

select * from final
