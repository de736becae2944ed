-- Grain: one row per scope: lifetime value of a customer at today's price (R8).
-- Duration times monthly price, the duration read off the survival curve; the shortcut by the churn rate beside it.

with

scope_mrr as (

    select * from {{ ref('int_scope_mrr') }}

),

expected_months as (

    select * from {{ ref('int_expected_months') }}

),

survival_months as (

    select * from {{ ref('int_survival_months') }}

),

churn_rates as (

    select * from {{ ref('mart_churn_rate') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

held as (

    select
        scope_type,
        scope_value,
        account_id,
        sum(case when is_month_end then mrr else 0 end) as ltv_to_date,
        count(case when is_month_end and mrr > 0 then 1 end) as months_held,
        sum(case when is_as_of_date then mrr else 0 end) as mrr

    from scope_mrr

    group by 1, 2, 3

),

book as (

    select
        scope_type,
        scope_value,
        cast(count(*) as bigint) as accounts_ever,
        cast(sum(ltv_to_date) as bigint) as ltv_to_date,
        cast(count(case when mrr > 0 then 1 end) as bigint) as accounts,
        cast(sum(mrr) as bigint) as mrr,
        cast(round(sum(mrr) / nullif(cast(count(case when mrr > 0 then 1 end) as double), 0), 0) as bigint) as arpa,
        {{ rate('sum(case when mrr > 0 then months_held end)', 'count(case when mrr > 0 then 1 end)') }} as mean_months_held

    from held

    group by 1, 2

),

-- In the months that can still change, nobody who is late has left yet: the mean would be too low.
last_final_year as (

    select * from churn_rates

    where is_final

    qualify row_number() over (partition by scope_type, scope_value order by month desc) = 1

),

final as (

    select
        book.scope_type,
        book.scope_value,
        book.accounts_ever,
        book.ltv_to_date,
        book.accounts,
        book.mrr,
        book.arpa,
        whole_life.horizon_months,
        whole_life.expected_months as mean_duration_months,
        whole_life.value_months,
        survival_months.survival as survival_at_horizon,
        {{ money_times('book.arpa', 'whole_life.value_months') }} as ltv,
        case
            when book.accounts = 0 then 'no_customers_today'
            when whole_life.horizon_months is null then 'too_few_customers'
        end as null_reason,
        last_final_year.month as churn_measured_to_month,
        last_final_year.churn_rate_mean_12m as monthly_churn_rate,
        cast(round(book.arpa * policies.ltv_gross_margin / nullif(last_final_year.churn_rate_mean_12m, 0), 0) as bigint)
            as ltv_by_churn,
        book.mean_months_held,
        {{ money_times('book.arpa', 'book.mean_months_held * policies.ltv_gross_margin') }} as ltv_lower_bound,
        case
            when book.accounts = 0 then 'no_customers_today'
            when last_final_year.churn_rate_mean_12m is null then 'less_than_12_months_with_customers'
            when last_final_year.churn_rate_mean_12m = 0 then 'nobody_left_in_12_months'
        end as by_churn_null_reason

    from book
    cross join policies
    left join expected_months as whole_life
        on
            book.scope_type = whole_life.scope_type
            and book.scope_value = whole_life.scope_value
            and whole_life.age_months = 0
    left join survival_months
        on
            book.scope_type = survival_months.scope_type
            and book.scope_value = survival_months.scope_value
            and whole_life.horizon_months = survival_months.age_months
    left join last_final_year
        on book.scope_type = last_final_year.scope_type and book.scope_value = last_final_year.scope_value

)

select * from final
