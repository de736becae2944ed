-- Grain: one row per as-of date, score, customer, product and distance: how the score worked out then and now compare (H5).
-- Overrides are left out: somebody's word is no trend. Every date is made anew, as the days it looks back at thin out.

with

unit_scores as (

    select * from {{ ref('int_unit_scores') }}

),

trend_distances as (

    select * from {{ ref('trend_distances') }}

),

trend_dates as (

    select * from {{ ref('int_trend_dates') }}

),

final as (

    select
        unit_scores.as_of_date,
        unit_scores.account_id,
        unit_scores.product_id,
        unit_scores.score_kind,
        trend_distances.trend_days,
        trend_dates.compared_date,
        trend_dates.compared_days,
        case
            when unit_scores.scored_by = earlier.scored_by
                then {{ nine_decimals('unit_scores.raw_score - earlier.raw_score') }}
        end as score_change,
        case
            when earlier.as_of_date is null then 'no_earlier_score'
            -- A score set by hand needs no reason of its own; that nothing was worked out beside it does.
            when unit_scores.raw_score is null then coalesce(unit_scores.null_reason, 'score_only_set_by_hand')
            when earlier.raw_score is null then 'earlier_score_unknown'
            when unit_scores.profile_version <> earlier.profile_version then 'other_version_then'
            when unit_scores.scored_by <> earlier.scored_by then 'other_profile_then'
        end as null_reason

    from unit_scores
    cross join trend_distances
    left join trend_dates
        on
            unit_scores.as_of_date = trend_dates.as_of_date
            and trend_distances.trend_days = trend_dates.trend_days
    left join unit_scores as earlier
        on
            trend_dates.compared_date = earlier.as_of_date
            and unit_scores.account_id = earlier.account_id
            and unit_scores.product_id = earlier.product_id
            and unit_scores.score_kind = earlier.score_kind

)

select * from final
