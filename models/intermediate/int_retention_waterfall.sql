-- Grain: one row per retention period between month ends and scope with MRR at its start or a movement in it: what all
-- movements of its months add up to, of anybody, also of customers won meanwhile (R5, definition waterfall).

with

all_periods as (

    select * from {{ ref('int_retention_periods') }}

),

p2p as (

    select * from {{ ref('int_retention_p2p') }}

),

history as (

    select min(period_end_date) as first_month_end_date
    from all_periods

),

-- A period that starts before the first month end of history has no start to go on from.
periods as (

    select
        all_periods.period_end_date,
        all_periods.period_start_date,
        all_periods.horizon_months

    from all_periods
    inner join history on all_periods.period_start_date >= history.first_month_end_date

    where all_periods.is_month_end

),

months as (

    select
        p2p.period_end_date as month_end_date,
        p2p.scope_type,
        p2p.scope_value,
        p2p.reactivation_movement_mrr as reactivation_mrr,
        p2p.expansion_movement_mrr as expansion_mrr,
        p2p.contraction_movement_mrr as contraction_mrr,
        p2p.churn_movement_mrr as churn_mrr

    from p2p

    where p2p.horizon_months = 1

),

-- The opening stands in the period's own row, the movements in those of its months.
pieces as (

    select
        periods.period_end_date,
        periods.horizon_months,
        p2p.scope_type,
        p2p.scope_value,
        p2p.accounts,
        p2p.opening_mrr,
        0 as reactivation_mrr,
        0 as expansion_mrr,
        0 as contraction_mrr,
        0 as churn_mrr

    from periods
    inner join p2p
        on periods.period_end_date = p2p.period_end_date and periods.horizon_months = p2p.horizon_months

    union all

    select
        periods.period_end_date,
        periods.horizon_months,
        months.scope_type,
        months.scope_value,
        0 as accounts,
        0 as opening_mrr,
        months.reactivation_mrr,
        months.expansion_mrr,
        months.contraction_mrr,
        months.churn_mrr

    from periods
    inner join months
        on
            periods.period_start_date < months.month_end_date
            and periods.period_end_date >= months.month_end_date

),

final as (

    select
        period_end_date,
        horizon_months,
        scope_type,
        scope_value,
        cast(sum(accounts) as bigint) as accounts,
        {% for amount in ['opening', 'reactivation', 'expansion', 'contraction', 'churn'] -%}
            cast(sum({{ amount }}_mrr) as bigint) as {{ amount }}_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from pieces

    group by 1, 2, 3, 4

)

select * from final
