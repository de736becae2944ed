-- Grain: one row per NRR target and month of its period: what the plan asks for by then, what was there, and what it
-- takes from today (E5). A target with a period is followed by its landing, a rolling one by expected NRR.

with

months as (

    select * from {{ ref('int_target_months') }}

),

landing as (

    select * from {{ ref('mart_nrr_landing') }}

),

expected as (

    select * from {{ ref('mart_expected_nrr') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

followed as (

    select
        months.*,
        case when months.is_rolling then expected.expected_nrr else landing.landing_nrr end as realised_nrr,
        case when months.is_rolling then expected.mrr else landing.mrr_at_start end as base_mrr

    from months
    left join landing
        on
            months.realised_date = landing.as_of_date
            and months.period_start_month = landing.period_start_month
            and months.period_end_month = landing.period_end_month
            and months.owner_id = landing.owner_id
    left join expected
        on
            months.realised_date = expected.as_of_date
            and months.scope_type = expected.scope_type
            and months.owner_id = expected.scope_value

),

-- The plan starts where the book stood when the period began; today is where it has come to.
anchored as (

    select
        *,
        max(case when month_number = 0 then realised_nrr end) over by_target as start_nrr,
        max(case when is_newest then realised_date end) over by_target as today_date,
        max(case when is_newest then realised_nrr end) over by_target as today_nrr,
        max(case when is_newest then share_by_then end) over by_target as today_share

    from followed

    window by_target as (partition by target_key)

),

planned as (

    select
        *,
        {{ nine_decimals('start_nrr + share_of_way * (target_nrr - start_nrr)') }} as planned_nrr,
        {{ nine_decimals('start_nrr + share_by_then * (target_nrr - start_nrr)') }} as due_nrr,
        case
            when curve_date <= today_date then null
            -- The shape is through before the year is: what is missing is due at once.
            when today_share >= 1 then target_nrr
            else {{ nine_decimals(
                'today_nrr + (share_of_way - today_share) / (1 - today_share) * (target_nrr - today_nrr)'
            ) }}
        end as needed_nrr

    from anchored

),

final as (

    select
        planned.period_start_month,
        planned.period_end_month,
        planned.owner_id,
        planned.is_rolling,
        planned.month_number,
        planned.curve_date,
        planned.share_of_way,
        planned.straight_line_reason is not null as is_straight_line,
        planned.straight_line_reason,
        planned.shape_accounts,
        planned.shape_nrr,
        planned.start_nrr,
        planned.target_nrr,
        planned.planned_nrr,
        planned.realised_date,
        planned.is_newest,
        planned.realised_nrr,
        planned.due_nrr,
        {{ nine_decimals('planned.realised_nrr - planned.due_nrr') }} as gap_nrr,
        planned.base_mrr,
        cast(round(
            cast({{ nine_decimals('planned.realised_nrr - planned.due_nrr') }} as decimal(18, 9))
            * cast(planned.base_mrr as decimal(20, 0)), 0
        ) as bigint) as gap_mrr,
        {{ progress_status('planned.realised_nrr - planned.due_nrr', 'policies.target_tolerance') }} as progress_status,
        planned.needed_nrr,
        case
            when planned.start_nrr is not null then null
            when planned.scope_type is null then 'owner_has_no_accounts'
            when planned.today_date is null then 'period_not_begun'
            else 'no_customers_at_start'
        end as null_reason

    from planned
    cross join policies

)

select * from final
