-- Grain: one row per retention period, scope and definition of NRR with anything to count: in every definition a base
-- of MRR (opening) and what became of it (closing), which its parts add up to.

with

p2p as (

    select * from {{ ref('int_retention_p2p') }}

),

waterfall as (

    select * from {{ ref('int_retention_waterfall') }}

),

renewals as (

    select * from {{ ref('int_retention_renewals') }}

),

final as (

    select
        period_end_date,
        horizon_months,
        'cohort_p2p' as definition,
        scope_type,
        scope_value,
        accounts,
        retained_accounts,
        opening_mrr,
        expansion_mrr,
        contraction_mrr,
        churn_mrr,
        cast(0 as bigint) as reactivation_mrr,
        closing_mrr,
        closing_mrr_confirmed,
        closing_mrr_reported,
        retained_mrr,
        retained_mrr_confirmed

    from p2p

    {% for definition, reactivation_mrr in [('waterfall', '0'), ('with_reactivation', 'reactivation_mrr')] %}
        union all

        select
            period_end_date,
            horizon_months,
            '{{ definition }}' as definition,
            scope_type,
            scope_value,
            accounts,
            cast(null as bigint) as retained_accounts,
            opening_mrr,
            expansion_mrr,
            contraction_mrr,
            churn_mrr,
            cast({{ reactivation_mrr }} as bigint) as reactivation_mrr,
            cast(opening_mrr + expansion_mrr + contraction_mrr + churn_mrr + {{ reactivation_mrr }} as bigint)
                as closing_mrr,
            cast(null as bigint) as closing_mrr_confirmed,
            cast(null as bigint) as closing_mrr_reported,
            cast(opening_mrr + contraction_mrr + churn_mrr as bigint) as retained_mrr,
            cast(null as bigint) as retained_mrr_confirmed

        from waterfall
    {% endfor %}

    union all

    select
        period_end_date,
        horizon_months,
        'renewals_due' as definition,
        scope_type,
        scope_value,
        renewals as accounts,
        retained_renewals as retained_accounts,
        due_mrr as opening_mrr,
        cast(renewed_mrr - retained_mrr as bigint) as expansion_mrr,
        cast(retained_mrr - due_mrr - churn_mrr as bigint) as contraction_mrr,
        churn_mrr,
        cast(0 as bigint) as reactivation_mrr,
        renewed_mrr as closing_mrr,
        cast(null as bigint) as closing_mrr_confirmed,
        cast(null as bigint) as closing_mrr_reported,
        retained_mrr,
        cast(null as bigint) as retained_mrr_confirmed

    from renewals

)

select * from final
