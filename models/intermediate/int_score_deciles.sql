{% set keys = ['profile_version', 'phase', 'product_profile', 'horizon_months', 'population'] %}
-- Grain: one row per version, phase, product profile, horizon and population with scored windows: how many of the
-- churned are among the tenth with the lowest scores.

with

score_scoped as (

    select * from {{ ref('int_score_scoped') }}

),

by_score as (

    select
        {{ keys | join(', ') }},
        score,
        cast(count(*) as bigint) as windows,
        cast(count(case when is_churned then 1 end) as bigint) as churned

    from score_scoped

    where score is not null

    group by {{ keys | join(', ') }}, score

),

ranked as (

    select
        *,
        cast(sum(windows) over whole as bigint) as all_windows,
        cast(sum(windows) over up_to_here as bigint) - windows as windows_below

    from by_score

    window
        whole as (partition by {{ keys | join(', ') }}),
        up_to_here as (
            partition by {{ keys | join(', ') }} order by score
            rows between unbounded preceding and current row
        )

),

-- In tenths of a window: of the windows tied at the border the lowest tenth takes its share.
taken as (

    select
        *,
        greatest(0, least(10 * windows, all_windows - 10 * windows_below)) as taken_tenths

    from ranked

),

final as (

    select
        {{ keys | join(', ') }},
        {{ rate(
            "cast(sum(case when taken_tenths = 10 * windows then 10 * churned else 0 end) as double)
                + coalesce(max(case
                    when taken_tenths > 0 and taken_tenths < 10 * windows
                        then cast(churned as double) * taken_tenths / windows
                end), 0)",
            "sum(churned)"
        ) }} as top_decile_lift

    from taken

    group by {{ keys | join(', ') }}

)

select * from final
