-- Grain: one row per scope and whole month of age that enough accounts have reached: how many more months an account
-- of that age stays, and what a month's price is worth over them (R8).

with

survival_months as (

    select * from {{ ref('int_survival_months') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- The curve is believed up to the last month before which it never rests on too few accounts.
ends as (

    select
        survival_months.scope_type,
        survival_months.scope_value,
        coalesce(
            min(case when survival_months.at_risk < policies.ltv_min_at_risk then survival_months.age_months end) - 1,
            max(survival_months.age_months)
        ) as last_month

    from survival_months
    cross join policies

    group by 1, 2

),

believed as (

    select survival_months.*
    from survival_months
    inner join ends
        on survival_months.scope_type = ends.scope_type and survival_months.scope_value = ends.scope_value

    where survival_months.age_months < ends.last_month

),

-- Who has reached an age is counted from it: its share is 1 there.
ahead as (

    select
        believed.scope_type,
        believed.scope_value,
        believed.age_months,
        later.age_months - believed.age_months as months_ahead,
        later.survival / nullif(believed.survival, 0) as survival,
        policies.ltv_gross_margin as gross_margin,
        1 + policies.ltv_discount_rate as yearly_factor

    from believed
    cross join policies
    inner join believed as later
        on
            believed.scope_type = later.scope_type
            and believed.scope_value = later.scope_value
            and believed.age_months <= later.age_months
            and later.age_months < believed.age_months + policies.ltv_horizon_months

),

rounded as (

    select
        scope_type,
        scope_value,
        age_months,
        {{ nine_decimals('survival') }} as survival,
        {{ nine_decimals('survival * gross_margin / power(yearly_factor, months_ahead / cast(12 as double))') }} as value

    from ahead

),

-- Decimals add up to the same digits in any order.
final as (

    select
        scope_type,
        scope_value,
        age_months,
        cast(count(*) as int) as horizon_months,
        cast(sum(cast(survival as decimal(18, 9))) as double) as expected_months,
        cast(sum(cast(value as decimal(18, 9))) as double) as value_months

    from rounded

    group by 1, 2, 3

)

select * from final
