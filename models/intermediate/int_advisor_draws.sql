-- Grain: one row per product profile, shuffle and year that counts as churned in it; shuffle 0 is what really happened (L5).
-- Whole customers are shuffled: each hands what became of all its years to one with as many years in both parts. Who
-- left in training has few years, like the others who left then: what is shuffled is above all who is lost in the test.

with

advisor_windows as (

    select * from {{ ref('int_advisor_windows') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

numbers as (

    {{ draw_numbers() }}

),

-- Draw 0 is no shuffle.
draws as (

    select numbers.draw - 1 as draw
    from numbers
    cross join policies

    where numbers.draw - 1 <= policies.permutation_draws

),

years as (

    select distinct
        product_profile,
        part,
        account_id,
        window_start_date,
        product_id,
        is_churned

    from advisor_windows

),

numbered_years as (

    select
        *,
        row_number() over (
            partition by product_profile, part, account_id order by window_start_date, product_id
        ) as year_number

    from years

),

accounts as (

    select
        product_profile,
        account_id,
        count(case when part = 'train' then 1 end) as train_years,
        count(case when part = 'test' then 1 end) as test_years,
        count(case when is_churned then 1 end) > 0 as has_churned

    from years

    group by 1, 2

),

receivers as (

    select
        *,
        row_number() over (partition by product_profile, train_years, test_years order by account_id) as place

    from accounts

),

account_ids as (

    select distinct account_id from accounts

),

lots as (

    select
        account_ids.account_id,
        draws.draw,
        case
            when draws.draw > 0
                then {{ uniform_hash(
                    "cast(draws.draw as " ~ dbt.type_string() ~ ") || ' ' || account_ids.account_id"
                ) }}
            else 0.0
        end as lot

    from account_ids
    cross join draws

),

givers as (

    select
        accounts.product_profile,
        accounts.account_id,
        accounts.train_years,
        accounts.test_years,
        accounts.has_churned,
        lots.draw,
        row_number() over (
            partition by accounts.product_profile, accounts.train_years, accounts.test_years, lots.draw
            order by lots.lot, accounts.account_id
        ) as place

    from accounts
    inner join lots on accounts.account_id = lots.account_id

),

-- Only who lost a product has something to hand on: everybody else's years are kept ones.
final as (

    select
        givers.product_profile,
        givers.draw,
        received.part,
        received.account_id,
        received.window_start_date,
        received.product_id

    from givers
    inner join receivers
        on
            givers.product_profile = receivers.product_profile
            and givers.train_years = receivers.train_years
            and givers.test_years = receivers.test_years
            and givers.place = receivers.place
    inner join numbered_years as given
        on
            givers.product_profile = given.product_profile
            and givers.account_id = given.account_id
            and given.is_churned
    inner join numbered_years as received
        on
            receivers.product_profile = received.product_profile
            and receivers.account_id = received.account_id
            and given.part = received.part
            and given.year_number = received.year_number

    where givers.has_churned

)

select * from final
