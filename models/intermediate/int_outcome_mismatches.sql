{{ config(materialized='view') }}
-- Grain: one row per as-of date and customer whose goals and money disagree: goals reached but no more MRR than twelve
-- months before, or more MRR and goals not reached (S9). Only where both sides are known.

with

outcome_kpis as (

    select * from {{ ref('int_outcome_kpis') }}

),

contract_kpis as (

    select * from {{ ref('int_contract_kpis') }}

),

measured as (

    select
        outcome_kpis.account_id,
        outcome_kpis.as_of_date,
        {{ rate('outcome_kpis.goal_attainment_numerator', 'outcome_kpis.goal_attainment_denominator') }} as attainment,
        cast(outcome_kpis.goal_attainment_denominator as bigint) as goals_measured,
        cast(contract_kpis.mrr_change_12m_numerator as bigint) as mrr,
        cast(contract_kpis.mrr_change_12m_denominator as bigint) as mrr_12_months_before

    from outcome_kpis
    inner join contract_kpis
        on
            outcome_kpis.as_of_date = contract_kpis.as_of_date
            and outcome_kpis.account_id = contract_kpis.account_id
            and outcome_kpis.product_id = contract_kpis.product_id

    where
        outcome_kpis.product_id = 'all'
        and outcome_kpis.goal_attainment_null_reason is null
        and contract_kpis.mrr_change_12m_null_reason is null

),

mismatched as (

    select
        *,
        case when attainment >= 1 then 'outcome_without_expansion' else 'expansion_without_outcome' end as kind,
        mrr - mrr_12_months_before as mrr_change,
        {{ rate('mrr - mrr_12_months_before', 'mrr_12_months_before') }} as mrr_change_rate

    from measured

    where (attainment >= 1) <> (mrr > mrr_12_months_before)

),

-- Whole per cents, downwards: 99.6 % of a goal is not the goal.
rounded as (

    select
        *,
        cast(cast(floor({{ nine_decimals('100 * attainment') }}) as decimal(38, 0)) as {{ dbt.type_string() }})
            as attainment_pct,
        cast(
            cast(floor({{ nine_decimals('100 * abs(mrr_change_rate)') }}) as decimal(38, 0)) as {{ dbt.type_string() }}
        ) as change_pct,
        cast(goals_measured as {{ dbt.type_string() }}) as goals_text

    from mismatched

),

worded as (

    select
        *,
        case
            when mrr_change = 0 then 'what it was twelve months before'
            else
                case when abs(mrr_change_rate) < 0.01 then 'less than 1' else change_pct end
                || case when mrr_change > 0 then ' % above' else ' % below' end
                || ' that of twelve months before'
        end as change_en,
        case
            when mrr_change = 0 then '12か月前と同額'
            else
                '12か月前より'
                || case when abs(mrr_change_rate) < 0.01 then '1%未満の' else change_pct || '%の' end
                || case when mrr_change > 0 then '増加' else '減少' end
        end as change_ja

    from rounded

),

final as (

    select
        as_of_date,
        account_id,
        kind,
        attainment,
        goals_measured,
        mrr,
        mrr_12_months_before,
        mrr_change,
        mrr_change_rate,
        'Goals measured: ' || goals_text || ', attained to ' || attainment_pct || ' % on average; MRR is ' || change_en
        || '.' as reason_en,
        '測定済み目標' || goals_text || '件の達成度は平均' || attainment_pct || '%、MRRは' || change_ja || 'です。' as reason_ja

    from worded

)

select * from final
