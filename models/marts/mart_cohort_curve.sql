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
        cast(count_if(is_final) as bigint) as final_cohorts,
        cast(sum(case when is_final then start_value end) as bigint) as final_start_value,
        cast(sum(case when is_final then value end) as bigint) as final_value

    from cells

    where is_observable

    group by 1, 2, 3, 4

),

-- Wilson's interval: the share of accounts lost, pulled towards a half by the square of 1.96.
estimated as (

    select
        *,
        case when measure = 'logo'
            then (cast(start_value - value as double) + 1.9208) / (start_value + 3.8416)
        end as wilson_centre,
        case when measure = 'logo'
            then 1.96 * sqrt(cast(start_value - value as double) * value / start_value + 0.9604) / (start_value + 3.8416)
        end as wilson_half_width

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
        {{ nine_decimals('greatest(wilson_centre - wilson_half_width, 0.0)') }} as churn_rate_low,
        {{ nine_decimals('least(wilson_centre + wilson_half_width, 1.0)') }} as churn_rate_high,
        final_cohorts,
        {{ nine_decimals('1 - ' ~ rate('final_value', 'final_start_value')) }} as churn_rate_final

    from estimated

)

select * from final
