-- Grain: one row per period end (each complete month end, and the as-of date), horizon, definition and scope: what a
-- base of MRR had become at the end of the period, in each of the four ways in use (R5).

with

periods as (

    select * from {{ ref('int_retention_periods') }}

),

totals as (

    select * from {{ ref('int_retention_definitions') }}

),

definitions as (

    {% for definition in ['cohort_p2p', 'waterfall', 'with_reactivation', 'renewals_due'] -%}
        select '{{ definition }}' as definition
        {%- if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

-- The whole company has its row in every period; a part of it only where it has something to count.
period_scopes as (

    select
        period_end_date,
        horizon_months,
        scope_type,
        scope_value

    from totals

    union distinct

    select
        period_end_date,
        horizon_months,
        'all' as scope_type,
        'all' as scope_value

    from periods

),

-- The four definitions stand side by side; movements are those of complete months, so they end with one.
frame as (

    select
        periods.*,
        definitions.definition,
        period_scopes.scope_type,
        period_scopes.scope_value

    from periods
    inner join period_scopes
        on
            periods.period_end_date = period_scopes.period_end_date
            and periods.horizon_months = period_scopes.horizon_months
    inner join definitions on periods.is_month_end or definitions.definition in ('cohort_p2p', 'renewals_due')

),

final as (

    select
        frame.period_end_date,
        frame.period_start_date,
        frame.is_month_end,
        frame.horizon_months,
        frame.definition,
        frame.scope_type,
        frame.scope_value,
        {% for amount in ['accounts', 'opening_mrr', 'expansion_mrr', 'contraction_mrr', 'churn_mrr',
            'reactivation_mrr', 'closing_mrr', 'retained_mrr'] -%}
            coalesce(totals.{{ amount }}, 0) as {{ amount }},
        {% endfor -%}
        totals.closing_mrr_confirmed,
        totals.closing_mrr_reported,
        totals.retained_accounts,
        {{ rate('totals.closing_mrr', 'totals.opening_mrr') }} as nrr,
        {{ rate('totals.retained_mrr', 'totals.opening_mrr') }} as grr,
        {{ rate('totals.retained_accounts', 'totals.accounts') }} as logo_retention,
        {{ rate('totals.expansion_mrr', 'totals.opening_mrr') }} as expansion_rate,
        {{ rate('(-totals.contraction_mrr)', 'totals.opening_mrr') }} as contraction_rate,
        {{ rate('(-totals.churn_mrr)', 'totals.opening_mrr') }} as churn_rate,
        {{ rate('totals.reactivation_mrr', 'totals.opening_mrr') }} as reactivation_rate,
        {{ rate('totals.closing_mrr_confirmed', 'totals.opening_mrr') }} as nrr_confirmed,
        {{ rate('totals.retained_mrr_confirmed', 'totals.opening_mrr') }} as grr_confirmed,
        {{ rate('totals.closing_mrr_reported', 'totals.opening_mrr') }} as nrr_reported,
        frame.is_final,
        case
            when totals.opening_mrr > 0 then null
            when frame.definition = 'renewals_due' then 'nothing_due'
            else 'no_customers_at_start'
        end as null_reason

    from frame
    left join totals
        on
            frame.period_end_date = totals.period_end_date
            and frame.horizon_months = totals.horizon_months
            and frame.definition = totals.definition
            and frame.scope_type = totals.scope_type
            and frame.scope_value = totals.scope_value

)

select * from final
