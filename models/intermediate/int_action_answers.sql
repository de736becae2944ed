-- Grain: one row per customer with low NPS answers after which nobody has been in touch by the newest as-of date (A1,
-- S7): the newest of them speaks, the first one opened the item.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

low_scores as (

    select * from {{ ref('int_low_scores') }}

),

account_units as (

    select * from {{ ref('int_account_units') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

open_answers as (

    select
        low_scores.account_id,
        low_scores.response_id,
        low_scores.score,
        low_scores.previous_score,
        low_scores.responded_date,
        rules.reason_key,
        rules.threshold,
        account_units.mrr,
        coalesce(low_scores.null_reason = 'no_touches_yet', false) as has_unknown_touches,
        count(*) over (partition by low_scores.account_id) as answers,
        min(low_scores.responded_date) over (partition by low_scores.account_id) as opened_date,
        min(low_scores.due_date) over (partition by low_scores.account_id) as due_date,
        first_value(low_scores.response_id) over (
            partition by low_scores.account_id order by low_scores.responded_at, low_scores.response_id
        ) as started_by,
        row_number() over (
            partition by low_scores.account_id order by low_scores.responded_at desc, low_scores.response_id desc
        ) as newest_first

    from low_scores
    inner join spine on spine.is_latest
    cross join policies
    inner join rules on rules.reason_key = 'low_nps'
    inner join account_units
        on
            spine.as_of_date = account_units.as_of_date
            and low_scores.account_id = account_units.account_id
            and account_units.product_id = 'all'

    where
        low_scores.first_touch_date is null
        and {{ days_between('low_scores.responded_date', 'spine.as_of_date') }} < policies.nps_answer_valid_days

),

worded as (

    select
        *,
        cast(score as {{ dbt.type_string() }}) as score_text,
        cast(previous_score as {{ dbt.type_string() }}) as previous_text,
        cast(responded_date as {{ dbt.type_string() }}) as responded_text,
        case when answers > 1 then cast(answers as {{ dbt.type_string() }}) end as answers_text

    from open_answers

    where newest_first = 1

),

final as (

    select
        account_id,
        'all' as product_id,
        reason_key,
        threshold,
        started_by,
        opened_date,
        due_date,
        mrr,
        'Answered ' || score_text || ' of 10 on ' || responded_text || coalesce(' (' || previous_text || ' before)', '')
        || coalesce(', ' || answers_text || ' low answers in all', '')
        || case
            when has_unknown_touches then '; whether anybody has been in touch is not known.'
            else '; nobody has been in touch since.'
        end as sentence_en,
        responded_text || 'のNPS回答は10点中' || score_text || '点' || coalesce('(前回' || previous_text || '点)', '')
        || coalesce('、未対応の低評価は計' || answers_text || '件', '')
        || case
            when has_unknown_touches then '、その後の接触は不明です。'
            else '、その後の接触はありません。'
        end as sentence_ja

    from worded

)

select * from final
