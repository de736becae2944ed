-- Grain: one row per account that ever paid: how long it stayed, and whether it left or is still undecided (R7).

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

latest as (

    select as_of_date from spine
    where is_latest

),

paid_periods as (

    select
        mrr_periods.account_id,
        mrr_periods.start_date,
        coalesce(mrr_periods.end_date_exclusive, cast('9999-12-31' as date)) as end_date_exclusive

    from mrr_periods
    cross join latest

    where
        mrr_periods.mrr > 0
        and mrr_periods.start_date <= latest.as_of_date
        and not mrr_periods.is_in_grace

),

covered as (

    select
        account_id,
        start_date,
        max(end_date_exclusive) over (
            partition by account_id order by start_date, end_date_exclusive
            rows between unbounded preceding and current row
        ) as covered_until_date,
        min(start_date) over (partition by account_id) as first_start_date,
        max(end_date_exclusive) over (partition by account_id) as last_end_date,
        lead(start_date) over (partition by account_id order by start_date, end_date_exclusive) as next_start_date

    from paid_periods

),

-- Late renewals are joined already; the first gap left is the first churn.
ends as (

    select
        account_id,
        first_start_date,
        last_end_date,
        min(case when next_start_date is null or covered_until_date < next_start_date then covered_until_date end)
            as first_end_date

    from covered

    group by 1, 2, 3

),

chosen as (

    select
        ends.account_id,
        ends.first_start_date,
        case when policies.survival_spells = 'joined' then ends.last_end_date else ends.first_end_date end
            as end_date_exclusive,
        -- A lapse inside the grace is undecided: it is censored before it, not counted as kept.
        case
            when policies.survival_censor = 'as_of' then latest.as_of_date
            else {{ plus_days('latest.as_of_date', '1 - policies.renewal_grace_days') }}
        end as censor_date

    from ends
    cross join policies
    cross join latest

),

final as (

    select
        account_id,
        first_start_date,
        end_date_exclusive <= censor_date as has_churned,
        cast({{ days_between('first_start_date', 'least(end_date_exclusive, censor_date)') }} as int)
            as duration_days

    from chosen

    where first_start_date <= censor_date

)

select * from final
