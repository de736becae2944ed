-- Grain: one row per set of policies and complete month: what came of the month before, in the words of R4, at the
-- exchange rates of the month.

with

policy_mrr as (

    select * from {{ ref('int_policy_mrr') }}

),

policy_periods as (

    select * from {{ ref('int_policy_periods') }}

),

months as (

    select month from {{ ref('int_snapshot_dates') }}

    where is_month_end

),

first_paid as (

    select
        policy_set,
        account_id,
        min(start_date) as first_paid_date

    from policy_periods

    where mrr > 0

    group by 1, 2

),

sides as (

    select
        policy_set,
        account_id,
        {{ plus_months('month', 1) }} as month,
        mrr_at_rates_after as opening_mrr,
        0 as closing_mrr

    from policy_mrr

    union all

    select
        policy_set,
        account_id,
        month,
        0 as opening_mrr,
        mrr as closing_mrr

    from policy_mrr

),

moved as (

    select
        policy_set,
        account_id,
        month,
        cast(sum(opening_mrr) as bigint) as opening_mrr,
        cast(sum(closing_mrr) as bigint) as closing_mrr

    from sides

    group by 1, 2, 3

),

final as (

    select
        moved.policy_set,
        moved.month,
        cast(count(case when moved.opening_mrr > 0 and moved.closing_mrr = 0 then 1 end) as bigint) as churn_accounts,
        {% for movement, condition in [
            ('churn', 'moved.opening_mrr > 0 and moved.closing_mrr = 0'),
            ('net_expansion', 'moved.opening_mrr > 0 and moved.closing_mrr > 0'),
            ('reactivation', 'moved.opening_mrr = 0 and first_paid.first_paid_date < moved.month'),
        ] -%}
            cast(sum(
                case when {{ condition }} then moved.closing_mrr - moved.opening_mrr else 0 end
            ) as bigint) as {{ movement }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from moved
    inner join months on moved.month = months.month
    inner join first_paid on moved.policy_set = first_paid.policy_set and moved.account_id = first_paid.account_id

    group by 1, 2

)

select * from final
