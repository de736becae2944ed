-- Grain: one row per period (all time, the last twelve months, or a month) and scope with at least one NPS answer (S6).

with

surveys as (

    select * from {{ ref('stg_surveys') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

scopes as (

    select * from {{ ref('int_account_scopes') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

answers as (

    select
        hierarchy.surviving_account_id as account_id,
        surveys.score,
        surveys.responded_date,
        surveys.responded_at,
        surveys.response_id,
        coalesce(surveys.user_id, 'response ' || surveys.response_id) as respondent,
        cast(date_trunc('month', surveys.responded_date) as date) as month,
        {{ months_before('spine.as_of_date', 12) }} as year_before_date

    from surveys
    inner join hierarchy on surveys.account_id = hierarchy.account_id
    inner join spine on spine.is_latest and surveys.responded_date <= spine.as_of_date

    where surveys.survey_type = 'nps'

),

in_periods as (

    select
        *,
        'all' as period_type,
        cast(null as date) as period_start_date

    from answers

    union all

    select
        *,
        'month' as period_type,
        month as period_start_date

    from answers

    union all

    select
        *,
        'last_12_months' as period_type,
        {{ plus_days('year_before_date', '1') }} as period_start_date

    from answers

    where responded_date > year_before_date

),

-- Who answered twice in a period counts once, with the newer answer. An answer without a user stands for itself.
newest as (

    select *
    from in_periods
    qualify row_number() over (
        partition by period_type, period_start_date, account_id, respondent
        order by responded_date desc, responded_at desc, response_id desc
    ) = 1

),

counted as (

    select
        newest.period_type,
        newest.period_start_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(count(*) as bigint) as responses,
        cast(count_if(newest.score >= 9) as bigint) as promoters,
        cast(count_if(newest.score between 7 and 8) as bigint) as passives,
        cast(count_if(newest.score <= 6) as bigint) as detractors

    from newest
    inner join scopes on newest.account_id = scopes.account_id

    group by 1, 2, 3, 4

),

-- The answers are +1, 0 and -1: their mean and the standard error of that mean, in points.
estimated as (

    select
        *,
        100.0 * (promoters - detractors) / responses as nps_estimate,
        100.0 * sqrt(
            (
                cast(promoters + detractors as double) / responses
                - power(cast(promoters - detractors as double) / responses, 2)
            ) / responses
        ) as error

    from counted

),

final as (

    select
        estimated.period_type,
        estimated.period_start_date,
        estimated.scope_type,
        estimated.scope_value,
        estimated.responses,
        estimated.promoters,
        estimated.passives,
        estimated.detractors,
        {{ nine_decimals('cast(estimated.nps_estimate as double)') }} as nps,
        {{ nine_decimals('cast(estimated.error as double)') }} as standard_error,
        {{ nine_decimals('cast(estimated.nps_estimate - 1.96 * estimated.error as double)') }} as nps_low,
        {{ nine_decimals('cast(estimated.nps_estimate + 1.96 * estimated.error as double)') }} as nps_high,
        estimated.responses >= policies.nps_min_responses as is_reportable

    from estimated
    cross join policies

)

select * from final
