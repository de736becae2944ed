-- Grain: one row per period, scope and account with an NPS answer, or with an invitation whose time to be answered is
-- over. An answer counts on the day it was given, an invitation on the day it was sent.

with

survey_answers as (

    select * from {{ ref('int_survey_answers') }}

),

survey_invitations as (

    select * from {{ ref('int_survey_invitations') }}

),

scopes as (

    select * from {{ ref('int_account_scopes') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

latest as (

    select
        as_of_date,
        {{ months_before('as_of_date', 12) }} as year_before_date

    from spine

    where is_latest

),

-- `counted_once` is what counts once in a period: a respondent, or an invitation.
events as (

    select
        account_id,
        product_id,
        touchpoint,
        'answer ' || respondent as counted_once,
        score,
        cast(null as boolean) as is_answered,
        responded_date as event_date,
        responded_at as event_at,
        response_id as event_id

    from survey_answers

    union all

    select
        survey_invitations.account_id,
        survey_invitations.product_id,
        survey_invitations.touchpoint,
        'invitation ' || survey_invitations.invitation_id as counted_once,
        cast(null as int) as score,
        survey_invitations.answered_date is not null as is_answered,
        survey_invitations.sent_date as event_date,
        survey_invitations.sent_at as event_at,
        survey_invitations.invitation_id as event_id

    from survey_invitations
    cross join latest

    where
        survey_invitations.survey_type = 'nps'
        and survey_invitations.user_id is not null
        and survey_invitations.answer_due_date <= latest.as_of_date

),

in_periods as (

    select
        *,
        'all' as period_type,
        cast(null as date) as period_start_date

    from events

    union all

    select
        *,
        'month' as period_type,
        cast(date_trunc('month', event_date) as date) as period_start_date

    from events

    union all

    select
        *,
        'day' as period_type,
        event_date as period_start_date

    from events

    union all

    select
        events.*,
        'last_12_months' as period_type,
        {{ plus_days('latest.year_before_date', '1') }} as period_start_date

    from events
    inner join latest on events.event_date > latest.year_before_date

),

in_scopes as (

    select
        in_periods.*,
        scopes.scope_type,
        scopes.scope_value

    from in_periods
    inner join scopes
        on
            in_periods.account_id = scopes.account_id
            and scopes.scope_type in ('all', 'segment', 'industry', 'owner')

    {% for scope, column in [('product', 'product_id'), ('touchpoint', 'touchpoint')] %}
        union all

        select
            *,
            '{{ scope }}' as scope_type,
            {{ column }} as scope_value

        from in_periods

        where {{ column }} is not null
    {% endfor %}

),

-- Who answered twice counts once, with the newer answer; about two products, or at two touchpoints, once in each.
newest as (

    select *
    from in_scopes
    qualify row_number() over (
        partition by period_type, period_start_date, scope_type, scope_value, account_id, counted_once
        order by event_date desc, event_at desc, event_id desc
    ) = 1

),

final as (

    select
        period_type,
        period_start_date,
        scope_type,
        scope_value,
        account_id,
        cast(count(score) as bigint) as responses,
        cast(count(case when score >= 9 then 1 end) as bigint) as promoters,
        cast(count(case when score between 7 and 8 then 1 end) as bigint) as passives,
        cast(count(case when score <= 6 then 1 end) as bigint) as detractors,
        cast(count(is_answered) as bigint) as invited,
        cast(count(case when is_answered then 1 end) as bigint) as answered_invitations

    from newest

    group by 1, 2, 3, 4, 5

)

select * from final
