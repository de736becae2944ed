{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product (`all`: the account as a whole, also answers that name no product)
-- with a valid NPS answer: the newest answer of each user.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

survey_answers as (

    select * from {{ ref('int_survey_answers') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

answers as (

    select
        account_id,
        'all' as product_id,
        respondent,
        score,
        responded_date,
        responded_at,
        response_id

    from survey_answers

    union all

    select
        account_id,
        product_id,
        respondent,
        score,
        responded_date,
        responded_at,
        response_id

    from survey_answers

    where product_id is not null

),

-- Who answered twice counts once, with the newer answer.
newest as (

    select
        to_build.as_of_date,
        answers.account_id,
        answers.product_id,
        answers.score

    from answers
    cross join policies
    inner join to_build
        on
            answers.responded_date <= to_build.as_of_date
            and {{ days_between('answers.responded_date', 'to_build.as_of_date') }}
            < policies.nps_answer_valid_days

    qualify row_number() over (
        partition by to_build.as_of_date, answers.account_id, answers.product_id, answers.respondent
        order by answers.responded_date desc, answers.responded_at desc, answers.response_id desc
    ) = 1

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        cast(count(*) as bigint) as answers,
        cast(sum(score) as bigint) as total_score,
        cast(count(case when score >= 9 then 1 end) as bigint) as promoters,
        cast(count(case when score <= 6 then 1 end) as bigint) as detractors

    from newest

    group by 1, 2, 3

)

select * from final
