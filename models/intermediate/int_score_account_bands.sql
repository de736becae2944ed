{% set keys = ['profile_version', 'phase', 'product_profile', 'horizon_months', 'population'] %}
-- Grain: one row per version, phase, product profile, horizon, population, account and band: its windows.

with

score_scoped as (

    select * from {{ ref('int_score_scoped') }}

),

final as (

    select
        {{ keys | join(', ') }},
        account_id,
        band,
        cast(count(*) as bigint) as windows,
        cast(count(case when is_churned then 1 end) as bigint) as churned_windows,
        cast(sum(mrr_start) as bigint) as mrr,
        cast(sum(case when is_churned then mrr_start else 0 end) as bigint) as churned_mrr

    from score_scoped

    group by {{ keys | join(', ') }}, account_id, band

)

select * from final
