-- Grain: one row per account and calendar year in which it was asked for an NPS answer, or gave one, for the first such
-- month, once a year has passed since and late renewals are decided: what it said, and what became of it (S8).

with

survey_answers as (

    select * from {{ ref('int_survey_answers') }}

),

survey_invitations as (

    select * from {{ ref('int_survey_invitations') }}

),

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

account_metrics as (

    select * from {{ ref('int_account_metrics') }}

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
        last_day({{ plus_months('asked_months.month', 3) }}) as usage_after_date,
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

paid as (

    select
        matured.account_id,
        matured.month,
        max(case when account_mrr.snapshot_date = matured.start_date then account_mrr.mrr end) as opening_mrr,
        min(account_mrr.mrr) = 0 as is_churned

    from matured
    inner join account_mrr
        on
            matured.account_id = account_mrr.account_id
            and account_mrr.is_month_end
            and account_mrr.snapshot_date between matured.start_date and matured.end_date

    group by 1, 2

),

logins as (

    select
        as_of_date,
        account_id,
        metric_value as logins_per_week

    from account_metrics

    where metric_key = 'logins_per_week'

),

final as (

    select
        matured.account_id,
        matured.month,
        case
            when said.answers is null then 'invited_but_silent'
            when said.total_score >= 9 * said.answers then 'promoter'
            when said.total_score >= 7 * said.answers then 'passive'
            else 'detractor'
        end as nps_group,
        paid.is_churned,
        logins_before.logins_per_week as logins_per_week_before,
        logins_after.logins_per_week as logins_per_week_after

    from matured
    inner join paid
        on matured.account_id = paid.account_id and matured.month = paid.month and paid.opening_mrr > 0
    left join said on matured.account_id = said.account_id and matured.month = said.month
    left join logins as logins_before
        on matured.account_id = logins_before.account_id and matured.start_date = logins_before.as_of_date
    left join logins as logins_after
        on matured.account_id = logins_after.account_id and matured.usage_after_date = logins_after.as_of_date

)

select * from final
