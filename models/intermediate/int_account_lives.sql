-- Grain: one row per scope and account that was seen paying in it: how long it stayed, from which day of its life it
-- was seen, and whether it left or is still undecided (R7).

with

members as (

    select * from {{ ref('int_scope_members') }}

),

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

latest as (

    select as_of_date from spine
    where is_latest

),

paid_periods as (

    select
        members.scope_type,
        members.scope_value,
        members.account_id,
        members.first_paid_date,
        mrr_periods.start_date,
        coalesce(mrr_periods.end_date_exclusive, cast('9999-12-31' as date)) as end_date_exclusive

    from members
    inner join mrr_periods
        on
            members.account_id = mrr_periods.account_id
            and (members.scope_type <> 'product' or members.scope_value = mrr_periods.product_id)
    cross join latest

    where
        mrr_periods.mrr > 0
        and mrr_periods.start_date <= latest.as_of_date
        and not mrr_periods.is_in_grace

),

covered as (

    select
        *,
        max(end_date_exclusive) over (
            partition by scope_type, scope_value, account_id order by start_date, end_date_exclusive
            rows between unbounded preceding and current row
        ) as covered_until_date,
        lead(start_date) over (
            partition by scope_type, scope_value, account_id order by start_date, end_date_exclusive
        ) as next_start_date

    from paid_periods

),

-- Late renewals are joined already; the first gap left is the first churn.
ends as (

    select
        scope_type,
        scope_value,
        account_id,
        first_paid_date,
        max(end_date_exclusive) as last_end_date,
        min(case when next_start_date is null or covered_until_date < next_start_date then covered_until_date end)
            as first_end_date

    from covered

    group by 1, 2, 3, 4

),

chosen as (

    select
        ends.scope_type,
        ends.scope_value,
        ends.account_id,
        ends.first_paid_date,
        history_start.start_date as history_start_date,
        case when policies.survival_spells = 'joined' then ends.last_end_date else ends.first_end_date end
            as end_date_exclusive,
        -- A lapse inside the grace is undecided: it is censored before it, not counted as kept.
        case
            when policies.survival_censor = 'as_of' then latest.as_of_date
            else {{ plus_days('latest.as_of_date', '1 - policies.longest_grace_days') }}
        end as censor_date

    from ends
    cross join policies
    cross join latest
    cross join history_start

),

-- Who was a customer before the history starts is seen only from then on: who had left by then is not seen at all.
final as (

    select
        scope_type,
        scope_value,
        account_id,
        first_paid_date,
        cast(greatest({{ days_between('first_paid_date', 'history_start_date') }}, 0) as int) as entry_days,
        cast({{ days_between('first_paid_date', 'least(end_date_exclusive, censor_date)') }} as int)
            as duration_days,
        end_date_exclusive <= censor_date as has_churned

    from chosen

    where least(end_date_exclusive, censor_date) > greatest(first_paid_date, history_start_date)

)

select * from final
