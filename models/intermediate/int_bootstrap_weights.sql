-- Grain: one row per draw and account that is in it: how often. Draws are of whole accounts, with all their windows:
-- the windows of one account resemble each other. Seeded by the account: the same rows on every run and engine.

with

churn_windows as (

    select * from {{ ref('int_churn_windows') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

accounts as (

    select distinct account_id from churn_windows

),

draws as (

    {{ draw_numbers() }}

),

drawn as (

    select
        draws.draw,
        accounts.account_id,
        {{ uniform_hash("accounts.account_id || '|' || cast(draws.draw as " ~ dbt.type_string() ~ ")") }} as number

    from accounts
    cross join policies
    inner join draws on policies.bootstrap_draws >= draws.draw

),

-- Poisson with mean 1: each account as often as in a draw of as many accounts as there are, with replacement.
weighed as (

    select
        draw,
        account_id,
        cast(case
            when number < 0.367879441 then 0
            when number < 0.735758882 then 1
            when number < 0.919698603 then 2
            when number < 0.981011843 then 3
            when number < 0.996340153 then 4
            when number < 0.999405815 then 5
            when number < 0.999916759 then 6
            else 7
        end as int) as weight

    from drawn

),

final as (

    select
        draw,
        account_id,
        weight

    from weighed

    where weight > 0

)

select * from final
