-- Grain: one row per customer and kind of mismatch at the newest as-of date: goals reached but no more MRR than twelve
-- months before, or more MRR and goals not reached (S9). Only where both sides are known.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

outcome_kpis as (

    select * from {{ ref('int_outcome_kpis') }}

),

contract_kpis as (

    select * from {{ ref('int_contract_kpis') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

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
    inner join spine on outcome_kpis.as_of_date = spine.as_of_date and spine.is_latest
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
worded as (

    select
        *,
        cast(cast(floor({{ nine_decimals('100 * attainment') }}) as decimal(38, 0)) as {{ dbt.type_string() }})
            as attainment_pct,
        case
            when abs(mrr_change_rate) >= 0.01
                then cast(
                    cast(floor({{ nine_decimals('100 * abs(mrr_change_rate)') }}) as decimal(38, 0))
                    as {{ dbt.type_string() }}
                )
        end as change_pct,
        cast(goals_measured as {{ dbt.type_string() }}) as goals_text

    from mismatched

),

final as (

    select
        worded.account_id,
        worded.kind,
        accounts.owner_id,
        worded.attainment,
        worded.goals_measured,
        worded.mrr,
        worded.mrr_12_months_before,
        worded.mrr_change,
        worded.mrr_change_rate,
        case
            when worded.kind = 'outcome_without_expansion'
                then 'Goals are reached (' || worded.attainment_pct || ' % on average, goals measured: '
                    || worded.goals_text || '), but MRR is '
                    || case
                        when worded.mrr_change = 0 then 'what it was'
                        else coalesce(worded.change_pct, 'less than 1') || ' % below that of'
                    end
                    || ' twelve months before.'
            else 'MRR is ' || coalesce(worded.change_pct, 'less than 1') || ' % above that of twelve months before, but '
                || 'goals are attained to ' || worded.attainment_pct || ' % on average (goals measured: '
                || worded.goals_text || ').'
        end as reason_en,
        case
            when worded.kind = 'outcome_without_expansion'
                then '目標は達成(平均' || worded.attainment_pct || '%、測定済み' || worded.goals_text || '件)していますが、MRRは12か月前'
                    || case
                        when worded.mrr_change = 0 then 'と同額です。'
                        else 'より' || coalesce(worded.change_pct || '%', '1%未満') || '減っています。'
                    end
            else 'MRRは12か月前より' || coalesce(worded.change_pct || '%', '1%未満') || '増えていますが、目標達成度は平均'
                || worded.attainment_pct || '%(測定済み' || worded.goals_text || '件)です。'
        end as reason_ja,
        worded.as_of_date

    from worded
    left join accounts on worded.account_id = accounts.account_id

)

select * from final
