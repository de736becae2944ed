-- Grain: one row per target of NRR and month of its period: the newest day known of that month, and how much of the way
-- the plan asks for by then (E5).

with

nrr_targets as (

    select * from {{ ref('int_nrr_targets') }}

),

curves as (

    select * from {{ ref('int_target_curves') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

    where is_latest

),

-- Of a month that is over its last day counts, of the one that runs the newest day.
dated as (

    select
        curves.*,
        coalesce(lag(curves.curve_date) over in_order, curves.curve_date) as date_before,
        coalesce(lag(curves.share_of_way) over in_order, 0) as share_before,
        case
            when curves.curve_date <= spine.as_of_date then curves.curve_date
            when lag(curves.curve_date) over in_order < spine.as_of_date then spine.as_of_date
        end as realised_date

    from curves
    cross join spine

    window in_order as (partition by curves.target_key order by curves.month_number)

),

-- Between two month ends the plan is a straight line.
final as (

    select
        dated.target_key,
        nrr_targets.period_start_month,
        nrr_targets.period_end_month,
        nrr_targets.owner_id,
        nrr_targets.scope_type,
        nrr_targets.is_rolling,
        nrr_targets.target_nrr,
        dated.month_number,
        dated.curve_date,
        dated.shape_accounts,
        dated.shape_nrr,
        dated.straight_line_reason,
        dated.share_of_way,
        dated.realised_date,
        coalesce(
            dated.realised_date = max(dated.realised_date) over (partition by dated.target_key), false
        ) as is_newest,
        case
            when dated.realised_date = dated.curve_date then dated.share_of_way
            when dated.realised_date is not null
                then {{ nine_decimals(
                    'dated.share_before + (dated.share_of_way - dated.share_before)'
                    ~ ' * ' ~ days_between('dated.date_before', 'dated.realised_date')
                    ~ ' / cast(' ~ days_between('dated.date_before', 'dated.curve_date') ~ ' as double)'
                ) }}
        end as share_by_then

    from dated
    inner join nrr_targets on dated.target_key = nrr_targets.target_key

)

select * from final
