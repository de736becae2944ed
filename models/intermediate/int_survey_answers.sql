-- Grain: one row per NPS answer given up to the as-of date by somebody of a known account.

with

events as (

    select * from {{ ref('int_survey_events') }}

),

invitations as (

    select * from {{ ref('int_survey_invitations') }}

),

-- A moment that is stated wins: with the answer, or with the invitation it answers.
final as (

    select
        events.event_id as response_id,
        events.account_id,
        -- Who answers twice is one respondent. An answer without a user stands for itself.
        coalesce(events.user_id, 'response ' || events.event_id) as respondent,
        events.product_id,
        coalesce(events.stated_touchpoint, invitations.stated_touchpoint, events.touchpoint) as touchpoint,
        events.days_since_first_paid,
        events.score,
        events.event_at as responded_at,
        events.event_date as responded_date,
        invitations.invitation_id

    from events
    left join invitations on events.event_id = invitations.response_id

    where events.event_kind = 'answer' and events.survey_type = 'nps'

)

select * from final
