{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and account with a valid NPS answer: the newest answer of each user, averaged.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

surveys as (

    select * from {{ ref('stg_surveys') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- Who answered twice counts once, with the newer answer. An answer without a user stands for itself.
newest as (

    select
        to_build.as_of_date,
        hierarchy.surviving_account_id as account_id,
        surveys.score,
        surveys.responded_date

    from surveys
    inner join hierarchy on surveys.account_id = hierarchy.account_id
    cross join policies
    inner join to_build
        on
            surveys.responded_date <= to_build.as_of_date
            and {{ days_between('surveys.responded_date', 'to_build.as_of_date') }}
            < policies.nps_answer_valid_days

    where surveys.survey_type = 'nps'

    qualify row_number() over (
        partition by
            to_build.as_of_date, hierarchy.surviving_account_id,
            coalesce(surveys.user_id, 'response ' || surveys.response_id)
        order by surveys.responded_date desc, surveys.responded_at desc, surveys.response_id desc
    ) = 1

),

final as (

    select
        as_of_date,
        account_id,
        cast(count(*) as bigint) as answers,
        cast(sum(score) as bigint) as total_score

    from newest

    group by 1, 2

)

select * from final
