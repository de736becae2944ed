-- Grain: one row per period (all time, the last twelve months, a month or a day) and scope with at least one NPS answer
-- (S6).

{% set z = '1.959963985' %}  {# of the normal distribution: 95 % lie within so many standard errors #}

with

nps_accounts as (

    select * from {{ ref('int_nps_accounts') }}

),

survey_invitations as (

    select * from {{ ref('int_survey_invitations') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

feed as (

    select count(*) as invitations from survey_invitations

),

-- An answer is +1, 0 or -1: `net` is the sum of an account's answers.
counted as (

    select
        period_type,
        period_start_date,
        scope_type,
        scope_value,
        cast(sum(responses) as bigint) as responses,
        cast(count(case when responses > 0 then 1 end) as bigint) as accounts,
        cast(sum(promoters) as bigint) as promoters,
        cast(sum(passives) as bigint) as passives,
        cast(sum(detractors) as bigint) as detractors,
        cast(sum(invited) as bigint) as invited,
        cast(sum(answered_invitations) as bigint) as answered_invitations,
        cast(sum(power(promoters - detractors, 2)) as double) as net_squares,
        cast(sum((promoters - detractors) * responses) as double) as net_times_responses,
        cast(sum(power(responses, 2)) as double) as response_squares

    from nps_accounts

    group by 1, 2, 3, 4

    having sum(responses) > 0

),

as_numbers as (

    select
        counted.*,
        cast(counted.responses as double) as n,
        cast(counted.accounts as double) as clusters,
        cast(counted.promoters - counted.detractors as double) as net,
        cast(counted.promoters + counted.detractors as double) as extremes,
        policies.nps_cluster_above,
        counted.responses >= policies.nps_min_responses as is_reportable

    from counted
    cross join policies

),

-- Independent answers: the variance of +1, 0 and -1 around their mean. Answers of one account resemble each other: what
-- they deviate from the mean adds up within the account before it is squared. Whole numbers until the last division.
estimated as (

    select
        *,
        100.0 * net / n as nps,
        100.0 * sqrt((extremes * n - net * net) / n) / n as standard_error,
        case
            when clusters >= 2
                then
                    100.0 * sqrt(
                        clusters / (clusters - 1)
                        * greatest(
                            n * n * net_squares - 2 * n * net * net_times_responses + net * net * response_squares, 0
                        )
                    ) / (n * n)
        end as clustered_standard_error,
        clusters >= 2 and n / clusters > nps_cluster_above as is_clustered

    from as_numbers

),

final as (

    select
        estimated.period_type,
        estimated.period_start_date,
        estimated.scope_type,
        estimated.scope_value,
        estimated.responses,
        estimated.accounts,
        {{ rate('estimated.responses', 'estimated.accounts') }} as answers_per_account,
        estimated.promoters,
        estimated.passives,
        estimated.detractors,
        {{ nine_decimals('cast(estimated.nps as double)') }} as nps,
        case when estimated.is_clustered then 'clustered' else 'independent' end as interval_basis,
        {{ nine_decimals('cast(estimated.standard_error as double)') }} as standard_error,
        {{ nine_decimals('cast(estimated.clustered_standard_error as double)') }} as clustered_standard_error,
        case when estimated.clustered_standard_error is null then 'only_one_account' end as clustered_null_reason,
        {% for sign, end in [('-', 'low'), ('+', 'high')] %}
            {{ nine_decimals(
                'cast(estimated.nps ' ~ sign ~ ' ' ~ z ~ ' * case when estimated.is_clustered '
                ~ 'then estimated.clustered_standard_error else estimated.standard_error end as double)'
            ) }} as nps_{{ end }},
        {% endfor %}
        estimated.invited,
        estimated.answered_invitations,
        {{ rate('estimated.answered_invitations', 'estimated.invited') }} as response_rate,
        case
            when feed.invitations = 0 then 'no_survey_invitations_yet'
            when estimated.invited = 0 then 'no_invitation_due'
        end as response_rate_null_reason,
        estimated.is_reportable

    from estimated
    cross join feed

)

select * from final
