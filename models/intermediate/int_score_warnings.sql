{% set keys = ['profile_version', 'phase', 'product_profile', 'horizon_months', 'population'] %}
-- Grain: one row per version, phase, product profile, horizon and population with customers that left: each account and
-- product once, however many windows saw it leave - how many still looked healthy, and how early the red ones were.

with

score_scoped as (

    select * from {{ ref('int_score_scoped') }}

),

score_ends as (

    select * from {{ ref('int_score_ends') }}

),

ended as (

    select distinct
        {{ keys | join(', ') }},
        account_id,
        product_id,
        ended_date

    from score_scoped

    where is_churned and score is not null and ended_date is not null

),

final as (

    select
        {% for key in keys %}
            ended.{{ key }},
        {% endfor %}
        cast(count(*) as bigint) as ends,
        cast(count(score_ends.band_before) as bigint) as ends_with_band_before,
        cast(count(case when coalesce(score_ends.band_before, 'unknown') = 'green' then 1 end) as bigint) as ends_green_before,
        cast(count(score_ends.lead_days) as bigint) as ends_red,
        cast(percentile_cont(0.5) within group (order by score_ends.lead_days) as double) as median_lead_days

    from ended
    inner join score_ends
        on
            ended.profile_version = score_ends.profile_version
            and ended.account_id = score_ends.account_id
            and ended.product_id = score_ends.product_id
            and ended.ended_date = score_ends.ended_date

    group by ended.{{ keys | join(', ended.') }}

)

select * from final
