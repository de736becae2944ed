-- Grain: one row per scope and length of life, in days, at which somebody left or was last seen.
-- Kaplan-Meier with Greenwood's variance (R7); the curve at a length is the row at or before it.

with

lives as (

    select * from {{ ref('int_account_lives') }}

),

scopes as (

    select * from {{ ref('int_account_scopes') }}

),

lengths as (

    select
        scopes.scope_type,
        scopes.scope_value,
        lives.duration_days,
        cast(count_if(lives.has_churned) as bigint) as events,
        cast(count_if(not lives.has_churned) as bigint) as censored

    from lives
    inner join scopes on lives.account_id = scopes.account_id

    group by 1, 2, 3

),

-- At risk: everybody who stayed at least as long.
at_risk as (

    select
        *,
        cast(sum(events + censored) over (
            partition by scope_type, scope_value order by duration_days desc
            rows between unbounded preceding and current row
        ) as bigint) as at_risk

    from lengths

),

-- A product of ratios is a sum of logarithms; once the last one at risk has left, the curve is 0 for good.
summed as (

    select
        *,
        sum(case when events < at_risk then ln(cast(at_risk - events as double) / at_risk) else 0 end) over shorter
            as log_survival,
        sum(
            case when events < at_risk then cast(events as double) / (cast(at_risk as double) * (at_risk - events)) else 0 end
        ) over shorter as greenwood_sum,
        max(case when events = at_risk then 1 else 0 end) over shorter = 1 as is_extinct

    from at_risk

    window shorter as (
        partition by scope_type, scope_value order by duration_days
        rows between unbounded preceding and current row
    )

),

estimated as (

    select
        *,
        case when is_extinct then 0.0 else exp(log_survival) end as estimate,
        case when is_extinct then 0.0 else exp(log_survival) * sqrt(greenwood_sum) end as error

    from summed

),

final as (

    select
        scope_type,
        scope_value,
        duration_days,
        {{ nine_decimals('duration_days / ' ~ days_per_month()) }} as duration_months,
        at_risk,
        events,
        censored,
        {{ nine_decimals('estimate') }} as survival,
        {{ nine_decimals('error') }} as standard_error,
        {{ nine_decimals('greatest(estimate - 1.96 * error, 0.0)') }} as survival_low,
        {{ nine_decimals('least(estimate + 1.96 * error, 1.0)') }} as survival_high

    from estimated

)

select * from final
