{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, account and product (`all`: the account as a whole) with an invitation of the last year
-- whose time to be answered was over. Early answers alone would make every wave look well answered at first.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

survey_invitations as (

    select * from {{ ref('int_survey_invitations') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- Whether an invitation to nobody in particular was answered, nobody can tell.
invitations as (

    select
        account_id,
        'all' as product_id,
        sent_date,
        answer_due_date,
        answered_date

    from survey_invitations

    where user_id is not null

    union all

    select
        account_id,
        product_id,
        sent_date,
        answer_due_date,
        answered_date

    from survey_invitations

    where user_id is not null and product_id is not null

),

final as (

    select
        to_build.as_of_date,
        invitations.account_id,
        invitations.product_id,
        cast(count(*) as bigint) as invitations,
        cast(count(case when invitations.answered_date <= to_build.as_of_date then 1 end) as bigint) as answered

    from invitations
    cross join policies
    inner join to_build
        on
            invitations.sent_date <= to_build.as_of_date
            and {{ days_between('invitations.sent_date', 'to_build.as_of_date') }} < policies.nps_answer_valid_days
            and invitations.answer_due_date <= to_build.as_of_date

    group by 1, 2, 3

)

select * from final
