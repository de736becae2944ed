-- Grain: one row per as-of date of the spine and distance: the earlier date a trend compares with (domain 0): the newest
-- day up to a week before the distance, else the month end nearest to it.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

trend_distances as (

    select * from {{ ref('trend_distances') }}

),

targets as (

    select
        spine.as_of_date,
        trend_distances.trend_days,
        {{ plus_days('spine.as_of_date', '-1 * trend_distances.trend_days') }} as target_date

    from spine
    cross join trend_distances

),

final as (

    select
        targets.as_of_date,
        targets.trend_days,
        spine.as_of_date as compared_date,
        cast({{ days_between('spine.as_of_date', 'targets.as_of_date') }} as int) as compared_days

    from targets
    inner join spine
        on
            targets.as_of_date > spine.as_of_date
            and (
                spine.is_month_end
                or spine.as_of_date between {{ plus_days('targets.target_date', '-7') }} and targets.target_date
            )

    qualify row_number() over (
        partition by targets.as_of_date, targets.trend_days
        order by
            case
                when spine.as_of_date between {{ plus_days('targets.target_date', '-7') }} and targets.target_date
                    then 0
                else 1
            end,
            abs({{ days_between('spine.as_of_date', 'targets.target_date') }}),
            spine.as_of_date
    ) = 1

)

select * from final
