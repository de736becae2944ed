-- Grain: one row per customer at the newest as-of date that speaks for the product (a record within twelve months, or
-- answers of 9 and more), or could be asked to (S9).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

outcome_kpis as (

    select * from {{ ref('int_outcome_kpis') }}

),

account_advocacy as (

    select * from {{ ref('int_account_advocacy') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

-- Without a delivery of reviews nothing is known of them: not that there are none.
known as (

    select
        outcome_kpis.account_id,
        outcome_kpis.as_of_date,
        outcome_kpis.advocacy_records_12m_null_reason as records_null_reason,
        case
            when outcome_kpis.advocacy_records_12m_null_reason is null then coalesce(account_advocacy.records, 0)
        end as records,
        case
            when outcome_kpis.advocacy_records_12m_null_reason is null then coalesce(account_advocacy.reviews, 0)
        end as reviews,
        case
            when outcome_kpis.advocacy_records_12m_null_reason is null then coalesce(account_advocacy.referrals, 0)
        end as referrals,
        case
            when outcome_kpis.advocacy_records_12m_null_reason is null then coalesce(account_advocacy.cases, 0)
        end as cases,
        {{ rate('account_advocacy.total_rating', 'account_advocacy.rated_records') }} as mean_rating,
        account_kpis.kpi_value as nps_score,
        case when account_kpis.kpi_value is null then coalesce(account_kpis.null_reason, 'no_valid_answer') end
            as nps_score_null_reason,
        {{ rate('outcome_kpis.goal_attainment_numerator', 'outcome_kpis.goal_attainment_denominator') }} as attainment,
        outcome_kpis.goal_attainment_null_reason as attainment_null_reason

    from outcome_kpis
    inner join spine on outcome_kpis.as_of_date = spine.as_of_date and spine.is_latest
    left join account_advocacy
        on
            outcome_kpis.as_of_date = account_advocacy.as_of_date
            and outcome_kpis.account_id = account_advocacy.account_id
    left join account_kpis
        on
            outcome_kpis.as_of_date = account_kpis.as_of_date
            and outcome_kpis.account_id = account_kpis.account_id
            and account_kpis.product_id = 'all'
            and account_kpis.kpi_key = 'nps_score'

    where outcome_kpis.product_id = 'all'

),

judged as (

    select
        *,
        coalesce(referrals > 0 or cases > 0, false) or coalesce(nps_score >= 9, false) as is_advocate,
        coalesce(attainment >= 1, false) and coalesce(nps_score >= 9, true) and coalesce(cases = 0, true)
            as is_case_candidate

    from known

),

final as (

    select
        judged.account_id,
        accounts.owner_id,
        judged.records,
        judged.reviews,
        judged.referrals,
        judged.cases,
        judged.records_null_reason,
        judged.mean_rating,
        case when judged.mean_rating is null then coalesce(judged.records_null_reason, 'no_rating') end
            as mean_rating_null_reason,
        judged.nps_score,
        judged.nps_score_null_reason,
        judged.attainment,
        judged.attainment_null_reason,
        judged.is_advocate,
        judged.is_case_candidate,
        case
            when judged.is_case_candidate and judged.nps_score is null
                then 'Goals are reached and no case within twelve months is known: ask how satisfied its users are, then for a case.'
            when judged.is_case_candidate
                then 'Goals are reached, its users would recommend the product, and no case within twelve months is known: ask for a case.'
            when judged.cases > 0 then 'Gave a case within twelve months.'
            when judged.referrals > 0 then 'Referred somebody within twelve months.'
            when judged.is_advocate then 'Its users would recommend the product (mean answer of 9 or more).'
            else 'Has a review or another record within twelve months.'
        end as reason_en,
        case
            when judged.is_case_candidate and judged.nps_score is null
                then '目標を達成し、直近12か月の事例はありません。満足度を確認のうえ事例化を打診してください。'
            when judged.is_case_candidate
                then '目標を達成し、利用者の推奨度も高く、直近12か月の事例はありません。事例化を打診してください。'
            when judged.cases > 0 then '直近12か月に事例があります。'
            when judged.referrals > 0 then '直近12か月に紹介があります。'
            when judged.is_advocate then '利用者の推奨度が高い顧客です(平均回答9以上)。'
            else '直近12か月にレビューなどの記録があります。'
        end as reason_ja,
        judged.as_of_date

    from judged
    left join accounts on judged.account_id = accounts.account_id

    where judged.records > 0 or judged.is_advocate or judged.is_case_candidate

)

select * from final
