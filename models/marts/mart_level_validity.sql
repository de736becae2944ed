-- Grain: one row per product profile (`all`: every product) and success level with matured years: churn and NRR of those
-- who began the year on it, and whether the levels of the profile tell who stays (L4).

with

steps as (

    select * from {{ ref('int_level_steps') }}

),

trends as (

    select * from {{ ref('int_level_trends') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- A level separates when its churn is below that of the next lower one by more than chance.
separating as (

    select
        *,
        case when lower_level is not null then churn_difference_high < 0 end as separates_from_below

    from steps

),

profiles as (

    select
        product_profile,
        count(case when success_level is not null then 1 end) as known_levels,
        count(case when is_above_lower then 1 end) = 0 as is_monotone,
        {{ words_in_order(
            "case when not separates_from_below then cast(success_level as " ~ dbt.type_string() ~ ") end"
        ) }} as levels_not_separating

    from separating

    group by 1

),

judged as (

    select
        profiles.product_profile,
        profiles.levels_not_separating,
        case when profiles.known_levels > 1 then profiles.is_monotone end as is_monotone,
        trends.trend_z,
        trends.trend_p_value,
        trends.trend_p_value_between_customers,
        case
            when coalesce(profiles.known_levels, 0) < 2 then 'fewer_than_two_levels'
            when trends.churned_accounts < policies.validity_min_churned then 'too_few_churned'
            when trends.trend_z is null then 'all_churned'
        end as null_reason

    from profiles
    left join trends on profiles.product_profile = trends.product_profile
    cross join policies

),

-- The plain test takes the years of a customer for independent, the other one needs many customers: both must agree.
verdicts as (

    select
        *,
        case
            when null_reason is not null then 'not_reportable'
            when greatest(trend_p_value, trend_p_value_between_customers) >= 0.05 then 'no_separation'
            when trend_z < 0 then 'separates'
            else 'wrong_way'
        end as verdict

    from judged

),

final as (

    select
        separating.product_profile,
        separating.success_level,
        separating.accounts,
        separating.windows,
        separating.churned,
        {{ nine_decimals('separating.churn_rate') }} as churn_rate,
        {{ nine_decimals('separating.churn_rate_low') }} as churn_rate_low,
        {{ nine_decimals('separating.churn_rate_high') }} as churn_rate_high,
        separating.mrr_start,
        separating.mrr_end,
        {{ rate('separating.mrr_end', 'separating.mrr_start') }} as nrr,
        separating.lower_level as compared_with_level,
        {{ nine_decimals('separating.churn_difference') }} as churn_difference,
        {{ nine_decimals('separating.churn_difference_low') }} as churn_difference_low,
        {{ nine_decimals('separating.churn_difference_high') }} as churn_difference_high,
        separating.separates_from_below,
        case
            when separating.success_level is null then 'level_unknown'
            when separating.lower_level is null then 'lowest_level'
        end as difference_null_reason,
        verdicts.verdict,
        verdicts.is_monotone,
        verdicts.levels_not_separating,
        {%- for figure in ['trend_z', 'trend_p_value', 'trend_p_value_between_customers'] %}
            case when verdicts.null_reason is null then {{ nine_decimals('verdicts.' ~ figure) }} end as {{ figure }},
        {%- endfor %}
        verdicts.null_reason as trend_null_reason

    from separating
    inner join verdicts on separating.product_profile = verdicts.product_profile

)

select * from final
