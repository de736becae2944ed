-- Grain: one row per touch type (`all`: of any type) and product (`all`: every product) with touches in decided renewal
-- cycles: the pooled figures, and why there are none (A2).

with

touch_cycles as (

    select * from {{ ref('int_touch_cycles') }}

),

pooled as (

    select * from {{ ref('int_touch_pooled') }}

),

clusters as (

    select * from {{ ref('int_touch_clusters') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

scopes as (

    select true as is_whole
    union all
    select false as is_whole

),

touched as (

    select
        touch_cycles.touch_type,
        case when scopes.is_whole then 'all' else touch_cycles.product_id end as product_id,
        cast(count(*) as bigint) as touched

    from touch_cycles
    cross join scopes

    where touch_cycles.is_touched

    group by 1, 2

),

-- The figures of Mantel and Haenszel, Sato, and Robins, Breslow and Greenland. Where in no stratum a touched one renewed
-- and a control was lost, or the reverse, the odds have no ratio.
judged as (

    select
        touched.touch_type,
        touched.product_id,
        touched.touched,
        {%- for count in ['touched_compared', 'touched_renewed', 'controls', 'controls_renewed', 'strata'] %}
            coalesce(pooled.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        coalesce(clusters.touched_accounts, 0) as touched_accounts,
        coalesce(clusters.control_accounts, 0) as control_accounts,
        case
            when pooled.strata is null then 'no_control'
            when least(clusters.touched_accounts, clusters.control_accounts) < policies.effect_min_accounts
                then 'too_few_customers'
            when pooled.variance = 0 then 'no_variation'
        end as null_reason,
        pooled.touched_part / pooled.weight as touched_rate,
        pooled.controls_part / pooled.weight as controls_rate,
        (pooled.touched_part - pooled.controls_part) / pooled.weight as difference,
        -- All touched renewed and no control: a variance of 0, or a hair below it, which has no root.
        greatest(
            0,
            (pooled.touched_part - pooled.controls_part) / pooled.weight * pooled.sato_first + pooled.sato_second
        ) / power(pooled.weight, 2) as sato_variance,
        clusters.difference_clustering,
        case when pooled.concordant > 0 then pooled.concordant / nullif(pooled.discordant, 0) end as odds_ratio,
        pooled.robins_first / nullif(2 * power(pooled.concordant, 2), 0)
        + pooled.robins_second / nullif(2 * pooled.concordant * pooled.discordant, 0)
        + pooled.robins_third / nullif(2 * power(pooled.discordant, 2), 0) as log_odds_variance,
        clusters.odds_clustering,
        abs(pooled.excess) / nullif(sqrt(pooled.variance), 0) as cmh_z

    from touched
    cross join policies
    left join pooled on touched.touch_type = pooled.touch_type and touched.product_id = pooled.product_id
    left join clusters on touched.touch_type = clusters.touch_type and touched.product_id = clusters.product_id

),

-- Where several cycles of a customer are in it, both intervals are as much wider as customers vary more than cycles.
final as (

    select
        *,
        {{ z_95() }} * sqrt(sato_variance * difference_clustering) as difference_reach,
        {{ z_95() }} * sqrt(log_odds_variance * odds_clustering) as log_odds_reach,
        {{ two_sided_p_value('cmh_z') }} as cmh_p_value,
        coalesce(null_reason, case when odds_ratio is null then 'renewed_or_lost_on_one_side_only' end)
            as odds_ratio_null_reason

    from judged

)

select * from final
