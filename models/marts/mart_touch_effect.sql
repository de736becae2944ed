-- Grain: one row per touch type (`all`: of any type) and product (`all`: every product) with touches in decided renewal
-- cycles: did customers that were touched renew more often than customers alike that were not (A2)? What goes together
-- need not be a cause.

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
        (
            (pooled.touched_part - pooled.controls_part) / pooled.weight * pooled.sato_first + pooled.sato_second
        ) / power(pooled.weight, 2) as sato_variance,
        clusters.difference_clustering,
        -- Without a stratum on one side of the odds there is no ratio.
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
described as (

    select
        *,
        {{ z_95() }} * sqrt(sato_variance * difference_clustering) as difference_reach,
        {{ z_95() }} * sqrt(log_odds_variance * odds_clustering) as log_odds_reach,
        {{ two_sided_p_value('cmh_z') }} as cmh_p_value,
        coalesce(null_reason, case when odds_ratio is null then 'renewed_or_lost_on_one_side_only' end)
            as odds_ratio_null_reason

    from judged

),

verdicts as (

    select
        *,
        case
            when null_reason is not null then 'not_reportable'
            when difference - difference_reach > 0 then 'renewed_more_often'
            when difference + difference_reach < 0 then 'renewed_less_often'
            else 'no_difference'
        end as verdict

    from described

),

final as (

    select
        touch_type,
        product_id,
        touched,
        touched_compared,
        touched - touched_compared as touched_without_control,
        {{ rate('touched - touched_compared', 'touched') }} as share_without_control,
        touched_accounts,
        touched_renewed,
        controls,
        control_accounts,
        controls_renewed,
        strata,
        {%- for column, figure in [
            ('renewal_rate_touched', 'touched_rate'),
            ('renewal_rate_controls', 'controls_rate'),
            ('risk_difference', 'difference'),
            ('risk_difference_low', 'greatest(-1, difference - difference_reach)'),
            ('risk_difference_high', 'least(1, difference + difference_reach)'),
            ('risk_difference_variance', 'sato_variance'),
            ('risk_difference_clustering', 'difference_clustering'),
        ] %}
            case when null_reason is null then {{ nine_decimals(figure) }} end as {{ column }},
        {%- endfor %}
        {%- for column, figure in [
            ('odds_ratio', 'odds_ratio'),
            ('odds_ratio_low', 'odds_ratio * exp(-log_odds_reach)'),
            ('odds_ratio_high', 'odds_ratio * exp(log_odds_reach)'),
        ] %}
            case when odds_ratio_null_reason is null then {{ nine_decimals(figure) }} end as {{ column }},
        {%- endfor %}
        odds_ratio_null_reason,
        case when null_reason is null then {{ nine_decimals('cmh_z * cmh_z') }} end as cmh_statistic,
        case when null_reason is null then {{ nine_decimals('cmh_p_value') }} end as cmh_p_value,
        'observational' as evidence,
        verdict,
        case verdict
            when 'renewed_more_often' then 'Touched customers renewed more often than untouched ones alike. '
            when 'renewed_less_often' then 'Touched customers renewed less often than untouched ones alike. '
            when 'no_difference' then 'Touched customers renewed no more and no less often than chance allows. '
            else 'Too little to compare touched and untouched customers. '
        end || 'Observational, no proof of an effect: touches aimed at customers at risk look harmful.' as reading_en,
        case verdict
            when 'renewed_more_often' then '対応した顧客は、条件の近い未対応の顧客より更新率が高い。'
            when 'renewed_less_often' then '対応した顧客は、条件の近い未対応の顧客より更新率が低い。'
            when 'no_difference' then '対応の有無による更新率の差は、偶然の範囲にとどまる。'
            else '対応した顧客と未対応の顧客を比べるにはデータが足りない。'
        end || '観察データによる比較であり、効果の証明ではない。解約リスクの高い顧客に向けた対応は有害に見える。' as reading_ja,
        null_reason

    from verdicts

)

select * from final
