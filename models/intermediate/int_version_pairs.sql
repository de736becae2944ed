-- Grain: one row per window of a customer that could churn in it, and pair of versions of the health score that both
-- scored it. Both are read as if each had been in force all along.

with

score_windows as (

    select * from {{ ref('int_score_windows') }}

),

bands as (

    select * from {{ ref('health_bands') }}
    where score_kind = 'health'

),

scored as (

    select
        score_windows.*,
        bands.minimum as band_minimum

    from score_windows
    inner join bands on score_windows.band = bands.band

    where score_windows.could_churn

),

final as (

    select
        version_a.profile_version as version_a,
        version_b.profile_version as version_b,
        version_a.horizon_months,
        version_a.window_start_date,
        version_a.account_id,
        version_a.product_id,
        version_a.score as score_a,
        version_b.score as score_b,
        version_a.band as band_a,
        version_b.band as band_b,
        cast(sign(version_b.band_minimum - version_a.band_minimum) as int) as band_change,
        version_a.is_churned

    from scored as version_a
    inner join scored as version_b
        on
            version_a.window_start_date = version_b.window_start_date
            and version_a.horizon_months = version_b.horizon_months
            and version_a.account_id = version_b.account_id
            and version_a.product_id = version_b.product_id
            and version_a.profile_version < version_b.profile_version

)

select * from final
