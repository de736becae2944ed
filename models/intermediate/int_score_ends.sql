-- Grain: one row per version of the health score, and account and product that left while it was in force: its colour
-- about 90 days before the end, and for how many days it had been red without a break.

with

score_windows as (

    select * from {{ ref('int_score_windows') }}

),

score_bands as (

    select * from {{ ref('int_score_bands') }}
    where is_in_force

),

ended as (

    select distinct
        profile_version,
        account_id,
        product_id,
        ended_date,
        {{ plus_days('ended_date', '-90') }} as target_date

    from score_windows

    where is_in_force and is_churned and ended_date is not null

),

-- What stood on the days it was still paid for.
stood as (

    select
        ended.profile_version,
        ended.account_id,
        ended.product_id,
        ended.ended_date,
        ended.target_date,
        score_bands.as_of_date,
        score_bands.band

    from ended
    inner join score_bands
        on
            ended.profile_version = score_bands.profile_version
            and ended.account_id = score_bands.account_id
            and ended.product_id = score_bands.product_id
            and ended.ended_date > score_bands.as_of_date

),

-- The newest day with a colour up to a week before the 90 days, else the nearest month end, as for a trend (H5).
before as (

    select
        profile_version,
        account_id,
        product_id,
        ended_date,
        band as band_before

    from stood

    where
        band <> 'no_data'
        and (
            as_of_date between {{ plus_days('target_date', '-7') }} and target_date
            or (
                as_of_date = last_day(as_of_date)
                and abs({{ days_between('as_of_date', 'target_date') }}) <= 16
            )
        )

    qualify row_number() over (
        partition by profile_version, account_id, product_id, ended_date
        order by
            case when as_of_date between {{ plus_days('target_date', '-7') }} and target_date then 0 else 1 end,
            case when as_of_date between {{ plus_days('target_date', '-7') }} and target_date then as_of_date end desc,
            abs({{ days_between('as_of_date', 'target_date') }}),
            as_of_date
    ) = 1

),

-- A day of another colour, or of none, breaks a run of red.
not_red as (

    select
        profile_version,
        account_id,
        product_id,
        ended_date,
        max(case when band <> 'red' then as_of_date end) as last_not_red_date

    from stood

    group by 1, 2, 3, 4

),

runs as (

    select
        stood.profile_version,
        stood.account_id,
        stood.product_id,
        stood.ended_date,
        min(stood.as_of_date) as red_since_date

    from stood
    inner join not_red
        on
            stood.profile_version = not_red.profile_version
            and stood.account_id = not_red.account_id
            and stood.product_id = not_red.product_id
            and stood.ended_date = not_red.ended_date

    where not_red.last_not_red_date is null or stood.as_of_date > not_red.last_not_red_date

    group by 1, 2, 3, 4

),

final as (

    select
        ended.profile_version,
        ended.account_id,
        ended.product_id,
        ended.ended_date,
        before.band_before,
        runs.red_since_date,
        cast({{ days_between('runs.red_since_date', 'ended.ended_date') }} as int) as lead_days

    from ended
    left join before
        on
            ended.profile_version = before.profile_version
            and ended.account_id = before.account_id
            and ended.product_id = before.product_id
            and ended.ended_date = before.ended_date
    left join runs
        on
            ended.profile_version = runs.profile_version
            and ended.account_id = runs.account_id
            and ended.product_id = runs.product_id
            and ended.ended_date = runs.ended_date

)

select * from final
