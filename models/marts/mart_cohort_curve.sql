-- Grain: one row per scope, measure and months since the start: all cohorts old enough, taken together.
-- Sums divided once: a small cohort weighs as little as it is (R7).

with

cells as (

    select * from {{ ref('mart_cohort_churn') }}

),

pooled as (

    select
        scope_type,
        scope_value,
        measure,
        months_since_start,
        cast(count(*) as bigint) as cohorts,
        cast(sum(start_value) as bigint) as start_value,
        cast(sum(value) as bigint) as value,
        cast(count(case when is_final then 1 end) as bigint) as final_cohorts,
        cast(sum(case when is_final then start_value end) as bigint) as final_start_value,
        cast(sum(case when is_final then value end) as bigint) as final_value

    from cells

    where is_observable

    group by 1, 2, 3, 4

),

-- Wilson's interval: the share of accounts lost, pulled towards a half by the square of 1.96. Money has no such one.
estimated as (

    select
        *,
        case when measure = 'logo' then cast(start_value - value as double) end as lost,
        cast(start_value as double) as n

    from pooled

),

final as (

    select
        scope_type,
        scope_value,
        measure,
        months_since_start,
        cohorts,
        start_value,
        value,
        {{ rate('value', 'start_value') }} as retention,
        {{ nine_decimals('1 - ' ~ rate('value', 'start_value')) }} as churn_rate,
        {{ nine_decimals('(lost + 1.9208 - 1.96 * sqrt(lost * (n - lost) / n + 0.9604)) / (n + 3.8416)') }}
            as churn_rate_low,
        {{ nine_decimals('(lost + 1.9208 + 1.96 * sqrt(lost * (n - lost) / n + 0.9604)) / (n + 3.8416)') }}
            as churn_rate_high,
        final_cohorts,
        {{ nine_decimals('1 - ' ~ rate('final_value', 'final_start_value')) }} as churn_rate_final

    from estimated

)

select * from final
