{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): what its people say,
-- whether they say anything, and whether somebody calls when it is bad.

with

units as (

    select * from {{ ref('int_account_units') }}

),

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

account_answers as (

    select * from {{ ref('int_account_answers') }}

),

account_invitations as (

    select * from {{ ref('int_account_invitations') }}

),

account_follow_up as (

    select * from {{ ref('int_account_follow_up') }}

),

account_starts as (

    select * from {{ ref('int_survey_starts') }}

),

-- The first day on which a source has a row of anybody.
feed_starts as (

    select
        min(first_nps_date) as first_nps_date,
        min(first_answer_date) as first_answer_date,
        min(first_invitation_date) as first_invitation_date,
        min(first_touch_date) as first_touch_date

    from account_starts

),

explained as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        account_answers.answers,
        account_answers.total_score,
        account_answers.promoters - account_answers.detractors as promoters_over_detractors,
        account_invitations.invitations,
        account_invitations.answered,
        account_follow_up.due,
        account_follow_up.touched_in_time,
        account_follow_up.touched,
        account_follow_up.seconds_to_first_touch,
        case
            when coalesce(feed_starts.first_nps_date > units.as_of_date, true) then 'no_surveys_yet'
            when coalesce(account_starts.first_nps_date > units.as_of_date, true) then 'account_not_in_surveys'
            when units.product_id <> 'all' and coalesce(account_starts.first_product_nps_date > units.as_of_date, true)
                then 'surveys_without_product'
            when account_answers.answers is null then 'no_valid_answer'
        end as nps_null_reason,
        case
            when coalesce(feed_starts.first_invitation_date > units.as_of_date, true) then 'no_survey_invitations_yet'
            when coalesce(feed_starts.first_answer_date > units.as_of_date, true) then 'no_surveys_yet'
            when coalesce(account_starts.first_invitation_date > units.as_of_date, true) then 'account_not_in_survey_invitations'
            when coalesce(account_starts.first_user_invitation_date > units.as_of_date, true) then 'survey_invitations_without_user'
            when units.product_id <> 'all' and coalesce(account_starts.first_product_invitation_date > units.as_of_date, true)
                then 'survey_invitations_without_product'
            when account_invitations.invitations is null then 'no_invitation_due'
        end as response_null_reason,
        case
            when units.product_id <> 'all' then 'measured_per_account'
            when coalesce(feed_starts.first_nps_date > units.as_of_date, true) then 'no_surveys_yet'
            when coalesce(feed_starts.first_touch_date > units.as_of_date, true) then 'no_touches_yet'
            when coalesce(account_starts.first_nps_date > units.as_of_date, true) then 'account_not_in_surveys'
        end as follow_up_null_reason

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    cross join feed_starts
    left join account_starts on units.account_id = account_starts.account_id
    left join account_answers
        on
            units.as_of_date = account_answers.as_of_date
            and units.account_id = account_answers.account_id
            and units.product_id = account_answers.product_id
    left join account_invitations
        on
            units.as_of_date = account_invitations.as_of_date
            and units.account_id = account_invitations.account_id
            and units.product_id = account_invitations.product_id
    left join account_follow_up
        on units.as_of_date = account_follow_up.as_of_date and units.account_id = account_follow_up.account_id

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        case when nps_null_reason is null then cast(total_score as double) end as nps_score_numerator,
        case when nps_null_reason is null then cast(answers as double) end as nps_score_denominator,
        nps_null_reason as nps_score_null_reason,
        case when nps_null_reason is null then cast(100 * promoters_over_detractors as double) end as nps_numerator,
        case when nps_null_reason is null then cast(answers as double) end as nps_denominator,
        nps_null_reason,
        case when response_null_reason is null then cast(answered as double) end as survey_response_rate_numerator,
        case when response_null_reason is null then cast(invitations as double) end as survey_response_rate_denominator,
        response_null_reason as survey_response_rate_null_reason,
        case when follow_up_null_reason is null and due > 0 then cast(touched_in_time as double) end
            as low_score_follow_up_numerator,
        case when follow_up_null_reason is null and due > 0 then cast(due as double) end
            as low_score_follow_up_denominator,
        case
            when follow_up_null_reason is not null then follow_up_null_reason
            when coalesce(due, 0) = 0 then 'no_low_answer_due'
        end as low_score_follow_up_null_reason,
        case
            when follow_up_null_reason is null and touched > 0
                then {{ nine_decimals('cast(seconds_to_first_touch as double) / 3600') }}
        end as hours_to_follow_up_numerator,
        case when follow_up_null_reason is null and touched > 0 then cast(touched as double) end
            as hours_to_follow_up_denominator,
        case
            when follow_up_null_reason is not null then follow_up_null_reason
            when coalesce(touched, 0) = 0 then 'no_low_answer_touched'
        end as hours_to_follow_up_null_reason

    from explained

)

select * from final
