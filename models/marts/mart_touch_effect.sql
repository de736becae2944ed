-- Grain: one row per touch type (`all`: of any type) and product (`all`: every product) with touches in decided renewal
-- cycles: did customers that were touched renew more often than customers alike that were not (A2)? What goes together
-- need not be a cause.

with

figures as (

    select * from {{ ref('int_touch_figures') }}

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

    from figures

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
