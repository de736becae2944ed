-- Grain: one row per account and calendar year in which it was asked for an NPS answer, or gave one, for the first such
-- month, once the twelve months after it are over and late renewals decided: what it said (S8).

with

survey_answers as (

    select * from {{ ref('int_survey_answers') }}

),

survey_invitations as (

    select * from {{ ref('int_survey_invitations') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- An answer to an invitation of the month still belongs to it a while after the month.
asked_months as (

    select
        account_id,
        month,
        max(answer_due_date) as answer_due_date

    from (
        select
            account_id,
            cast(date_trunc('month', responded_date) as date) as month,
            cast(null as date) as answer_due_date

        from survey_answers

        union all

        select
            account_id,
            cast(date_trunc('month', sent_date) as date) as month,
            answer_due_date

        from survey_invitations

        where survey_type = 'nps'
    ) as asked

    group by 1, 2

),

first_asked as (

    select
        asked_months.account_id,
        asked_months.month,
        last_day(asked_months.month) as start_date,
        last_day({{ plus_months('asked_months.month', 12) }}) as end_date,
        asked_months.answer_due_date

    from asked_months

    qualify row_number() over (
        partition by asked_months.account_id, extract(year from asked_months.month) order by asked_months.month
    ) = 1

),

matured as (

    select first_asked.*
    from first_asked
    cross join policies
    inner join spine
        on
            spine.is_latest
            and spine.as_of_date >= {{ plus_days('first_asked.end_date', 'policies.longest_grace_days') }}

),

answered as (

    select
        matured.account_id,
        matured.month,
        survey_answers.responded_date <= matured.start_date as is_in_month,
        count(*) as answers,
        sum(survey_answers.score) as total_score

    from matured
    inner join survey_answers
        on
            matured.account_id = survey_answers.account_id
            and matured.month <= survey_answers.responded_date
            and greatest(matured.start_date, coalesce(matured.answer_due_date, matured.start_date))
            >= survey_answers.responded_date

    group by 1, 2, 3

),

-- What it said in the month; if nothing, what it answered later to the invitations of the month.
said as (

    select *
    from answered
    qualify row_number() over (
        partition by account_id, month order by case when is_in_month then 0 else 1 end
    ) = 1

),

final as (

    select
        matured.account_id,
        matured.month,
        matured.start_date,
        matured.end_date,
        case
            when said.answers is null then 'invited_but_silent'
            when said.total_score >= 9 * said.answers then 'promoter'
            when said.total_score >= 7 * said.answers then 'passive'
            else 'detractor'
        end as nps_group

    from matured
    left join said on matured.account_id = said.account_id and matured.month = said.month

)

select * from final
