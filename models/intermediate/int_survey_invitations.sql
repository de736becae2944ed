-- Grain: one row per invitation to answer a survey, sent up to the as-of date to a known account, with its answer.

with

events as (

    select * from {{ ref('int_survey_events') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

invitations as (

    select * from events
    where event_kind = 'invitation'

),

answers as (

    select * from events
    where event_kind = 'answer'

),

-- An answer belongs to the newest invitation of the same user before it. Two moments known by their date only are the
-- same moment: an answer on the day of its invitation is one to it.
matched as (

    select
        answers.event_id as response_id,
        answers.event_at as responded_at,
        answers.event_date as responded_date,
        invitations.event_id as invitation_id

    from answers
    inner join invitations
        on
            answers.account_id = invitations.account_id
            and answers.user_id = invitations.user_id
            and answers.survey_type = invitations.survey_type
            and answers.event_at >= invitations.event_at
            and (
                answers.product_id is null
                or invitations.product_id is null
                or answers.product_id = invitations.product_id
            )
    cross join policies

    where {{ days_between('invitations.event_date', 'answers.event_date') }} <= policies.survey_response_days

    qualify row_number() over (
        partition by answers.event_id order by invitations.event_at desc, invitations.event_id desc
    ) = 1

),

-- Who answers an invitation twice has answered it once, on the first day.
first_answers as (

    select *
    from matched
    qualify row_number() over (partition by invitation_id order by responded_at asc, response_id asc) = 1

),

final as (

    select
        invitations.event_id as invitation_id,
        invitations.account_id,
        invitations.user_id,
        invitations.product_id,
        invitations.survey_type,
        invitations.stated_touchpoint,
        invitations.touchpoint,
        invitations.event_at as sent_at,
        invitations.event_date as sent_date,
        -- The last day on which an answer counts.
        {{ plus_days('invitations.event_date', 'policies.survey_response_days') }} as answer_due_date,
        first_answers.response_id,
        first_answers.responded_date as answered_date

    from invitations
    cross join policies
    left join first_answers on invitations.event_id = first_answers.invitation_id

)

select * from final
