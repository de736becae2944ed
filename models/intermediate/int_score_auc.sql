{% set keys = ['profile_version', 'phase', 'product_profile', 'horizon_months', 'population'] %}
-- Grain: one row per version, phase, product profile, horizon and population with scored windows: the AUC of low scores
-- for churn, and the middle 95 % of its draws.

with

score_scoped as (

    select * from {{ ref('int_score_scoped') }}

),

bootstrap_weights as (

    select * from {{ ref('int_bootstrap_weights') }}

),

scored as (

    select
        {{ keys | join(', ') }},
        0 as stratum,
        account_id,
        score,
        is_churned

    from score_scoped

    where score is not null

),

{{ auc_accounts('scored', keys) }},

{{ auc_draws('auc_accounts', 'bootstrap_weights', keys) }},

intervals as (

    select
        {{ keys | join(', ') }},
        percentile_cont(0.025) within group (order by auc) as auc_low,
        percentile_cont(0.975) within group (order by auc) as auc_high

    from auc_draws

    group by {{ keys | join(', ') }}

),

final as (

    select
        {% for key in keys %}
            auc_whole.{{ key }},
        {% endfor %}
        auc_whole.auc,
        {{ nine_decimals('least(auc_whole.auc, greatest(0.0, intervals.auc_low))') }} as auc_low,
        {{ nine_decimals('greatest(auc_whole.auc, least(1.0, intervals.auc_high))') }} as auc_high

    from auc_whole
    left join intervals
        on
            {% for key in keys %}
                {{ 'and ' if not loop.first }}auc_whole.{{ key }} = intervals.{{ key }}
            {% endfor %}

)

select * from final
