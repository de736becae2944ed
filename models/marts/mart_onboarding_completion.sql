-- Grain: one row per scope and day mark (30, 60, 90): the share of set-ups complete by that day (S2).

with

setup_lives as (

    select * from {{ ref('int_setup_lives') }}

),

setup_curves as (

    select * from {{ ref('int_setup_curves') }}

),

marks as (

    {% for day in [30, 60, 90] -%}
        select {{ day }} as day_mark
        {%- if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

-- A set-up last seen open before the mark says nothing about the mark.
counted as (

    select
        setup_lives.scope_type,
        setup_lives.scope_value,
        marks.day_mark,
        count(case when setup_lives.has_setup_source then 1 end) as n_started,
        count(
            case
                when
                    setup_lives.has_setup_source
                    and (setup_lives.is_completed or setup_lives.duration_days >= marks.day_mark)
                    then 1
            end
        ) as n_observed_to_mark,
        count(
            case
                when
                    setup_lives.has_setup_source
                    and setup_lives.is_completed
                    and setup_lives.duration_days <= marks.day_mark
                    then 1
            end
        ) as completed_by_mark,
        count(case when setup_lives.has_setup_source and setup_lives.duration_days >= marks.day_mark then 1 end) as at_risk,
        min(case when setup_lives.setup_kind = 'project' then 'no_handovers_yet' else 'no_onboarding_tasks_yet' end)
            as source_reason

    from setup_lives
    cross join marks

    group by 1, 2, 3

),

-- The curve on the day of the mark is that of the last day before it on which something happened.
curve_at_mark as (

    select
        counted.scope_type,
        counted.scope_value,
        counted.day_mark,
        setup_curves.still_open,
        setup_curves.standard_error

    from counted
    inner join setup_curves
        on
            counted.scope_type = setup_curves.scope_type
            and counted.scope_value = setup_curves.scope_value
            and counted.day_mark >= setup_curves.duration_days

    qualify row_number() over (
        partition by counted.scope_type, counted.scope_value, counted.day_mark order by setup_curves.duration_days desc
    ) = 1

),

-- Where nobody is followed so long the curve ends before the mark, unless all were complete by then.
explained as (

    select
        counted.*,
        coalesce(curve_at_mark.still_open, 1.0) as still_open,
        coalesce(curve_at_mark.standard_error, 0.0) as error,
        case
            when counted.n_started = 0 then counted.source_reason
            when counted.at_risk = 0 and curve_at_mark.still_open > 0 then 'nobody_followed_that_long'
        end as null_reason

    from counted
    left join curve_at_mark
        on
            counted.scope_type = curve_at_mark.scope_type
            and counted.scope_value = curve_at_mark.scope_value
            and counted.day_mark = curve_at_mark.day_mark

),

final as (

    select
        scope_type,
        scope_value,
        day_mark,
        cast(n_started as bigint) as n_started,
        cast(n_observed_to_mark as bigint) as n_observed_to_mark,
        cast(completed_by_mark as bigint) as completed_by_mark,
        cast(at_risk as bigint) as at_risk,
        case when null_reason is null then {{ nine_decimals('cast(1.0 - still_open as double)') }} end as completed_share,
        case when null_reason is null then error end as standard_error,
        case
            when null_reason is null then {{ nine_decimals('cast(greatest(1.0 - still_open - 1.96 * error, 0.0) as double)') }}
        end as completed_share_low,
        case
            when null_reason is null then {{ nine_decimals('cast(least(1.0 - still_open + 1.96 * error, 1.0) as double)') }}
        end as completed_share_high,
        null_reason

    from explained

)

select * from final
