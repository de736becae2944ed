{% set keys = ['version_a', 'version_b', 'horizon_months', 'side'] %}
-- Grain: one row per pair of versions of the health score and horizon with windows that both scored: the AUC of each, and
-- of their difference the middle 95 % of its draws; both sides are read in the same draws.

with

version_pairs as (

    select * from {{ ref('int_version_pairs') }}

),

bootstrap_weights as (

    select * from {{ ref('int_bootstrap_weights') }}

),

sides as (

    {% for side in ['a', 'b'] %}
        select
            version_a,
            version_b,
            horizon_months,
            '{{ side }}' as side,
            0 as stratum,
            account_id,
            score_{{ side }} as score,
            is_churned

        from version_pairs
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

{{ auc_accounts('sides', keys) }},

{{ auc_draws('auc_accounts', 'bootstrap_weights', keys) }},

paired as (

    select
        version_a,
        version_b,
        horizon_months,
        draw,
        max(case when side = 'b' then auc end) - max(case when side = 'a' then auc end) as difference

    from auc_draws

    group by version_a, version_b, horizon_months, draw

),

intervals as (

    select
        version_a,
        version_b,
        horizon_months,
        percentile_cont(0.025) within group (order by difference) as difference_low,
        percentile_cont(0.975) within group (order by difference) as difference_high

    from paired

    group by version_a, version_b, horizon_months

),

whole as (

    select
        version_a,
        version_b,
        horizon_months,
        max(case when side = 'a' then auc end) as auc_a,
        max(case when side = 'b' then auc end) as auc_b

    from auc_whole

    group by version_a, version_b, horizon_months

),

final as (

    select
        whole.version_a,
        whole.version_b,
        whole.horizon_months,
        whole.auc_a,
        whole.auc_b,
        {{ nine_decimals('least(whole.auc_b - whole.auc_a, intervals.difference_low)') }} as difference_low,
        {{ nine_decimals('greatest(whole.auc_b - whole.auc_a, intervals.difference_high)') }} as difference_high

    from whole
    left join intervals
        on
            whole.version_a = intervals.version_a
            and whole.version_b = intervals.version_b
            and whole.horizon_months = intervals.horizon_months

)

select * from final
