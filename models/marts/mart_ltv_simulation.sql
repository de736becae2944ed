-- Grain: one row per scenario: lifetime value before and after it, and what its cost must bring (R8).
-- Value of an account = price x margin x months; every figure can be worked out from the row itself.

with

scenarios as (

    select * from {{ ref('ltv_scenarios') }}

),

ltv_segment as (

    select * from {{ ref('mart_ltv_segment') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- What a scenario leaves open stays as measured. A churn rate is one over the duration: less of it is a longer life.
levers as (

    select
        scenarios.scenario_key,
        scenarios.label_en,
        scenarios.label_ja,
        coalesce(scenarios.duration_months_before, company.mean_duration_months) as duration_before,
        {{ nine_decimals(
            'coalesce(scenarios.duration_months_after, '
            ~ 'coalesce(scenarios.duration_months_before, company.mean_duration_months) '
            ~ '/ nullif(1 + coalesce(scenarios.churn_change, 0), 0))'
        ) }} as duration_after,
        company.arpa as price_before,
        {{ money_times('company.arpa', '1 + coalesce(scenarios.price_change, 0)') }} as price_after,
        company.accounts as accounts_before,
        company.accounts + coalesce(scenarios.accounts_change, 0) as accounts_after,
        policies.ltv_gross_margin as margin_before,
        coalesce(scenarios.gross_margin, policies.ltv_gross_margin) as margin_after,
        coalesce(scenarios.discount_rate, policies.ltv_discount_rate) as discount_rate,
        coalesce(scenarios.cs_cost_per_month, 0) as cs_cost_per_month

    from scenarios
    cross join policies
    left join ltv_segment as company on company.scope_type = 'all'

),

-- Later months are worth less: the months of the duration become as many months paid today.
discounted as (

    select
        *,
        {{ nine_decimals(
            'case when discount_rate = 0 then duration_before else (1 - power(1 + discount_rate, -duration_before / 12))'
            ~ ' / (1 - power(1 + discount_rate, -1 / cast(12 as double))) end'
        ) }} as discounted_months_before,
        {{ nine_decimals(
            'case when discount_rate = 0 then duration_after else (1 - power(1 + discount_rate, -duration_after / 12))'
            ~ ' / (1 - power(1 + discount_rate, -1 / cast(12 as double))) end'
        ) }} as discounted_months_after

    from levers

),

valued as (

    select
        *,
        {{ money_times('price_before', 'margin_before * discounted_months_before') }} as ltv_before,
        {{ money_times('price_after', 'margin_after * discounted_months_after') }} as ltv_after,
        -- The programme is paid for as long as customers stay.
        {{ money_times('cs_cost_per_month', 'discounted_months_after') }} as cs_cost

    from discounted

),

totalled as (

    select
        *,
        accounts_before * ltv_before as total_before,
        accounts_after * ltv_after as total_after,
        case when ltv_after > ltv_before then cast(ltv_after - ltv_before as double) end as rise_per_account

    from valued

),

final as (

    select
        scenario_key,
        label_en,
        label_ja,
        duration_before as duration_months_before,
        duration_after as duration_months_after,
        price_before,
        price_after,
        accounts_before,
        accounts_after,
        margin_before as gross_margin_before,
        margin_after as gross_margin_after,
        discount_rate,
        discounted_months_before,
        discounted_months_after,
        ltv_before,
        ltv_after,
        total_before,
        total_after,
        total_after - total_before as gain,
        cs_cost_per_month,
        cs_cost,
        total_after - total_before - cs_cost as net_gain,
        case when total_after > total_before then {{ rate('total_after - total_before', 'cs_cost_per_month') }} end
            as break_even_months,
        case when cs_cost > 0 then cast(ceil(cs_cost / rise_per_account) as bigint) end as break_even_accounts,
        case
            when price_before is null then 'no_customers_today'
            when duration_before is null then 'too_few_customers'
        end as null_reason,
        case
            when ltv_before is null then 'no_lifetime_value'
            when cs_cost_per_month = 0 then 'no_cs_cost'
            when rise_per_account is null then 'no_gain_per_account'
        end as break_even_null_reason

    from totalled

)

select * from final
