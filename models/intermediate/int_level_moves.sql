-- Grain: one row per account and product of the newest book whose level is known, and other level of its profile: what would
-- be expected of it on that level under the same contract, by the rates of the date (E4).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

conditions as (

    select * from {{ ref('success_level_conditions') }}

),

level_rates as (

    select * from {{ ref('int_level_rates') }}

),

-- A profile without conditions of its own uses the default ones.
profile_levels as (

    select
        product_profile,
        max(success_level) as highest_level

    from conditions

    group by 1

),

book as (

    select
        expectations.*,
        coalesce(own_levels.highest_level, default_levels.highest_level) as highest_level

    from expectations
    inner join spine on expectations.as_of_date = spine.as_of_date and spine.is_latest
    inner join profile_levels as default_levels on default_levels.product_profile = 'default'
    left join units
        on
            expectations.as_of_date = units.as_of_date
            and expectations.account_id = units.account_id
            and expectations.product_id = units.product_id
    left join profile_levels as own_levels on units.product_profile = own_levels.product_profile

    where expectations.success_level is not null

),

final as (

    select
        book.as_of_date,
        book.account_id,
        book.product_id,
        book.success_level as from_level,
        level_rates.success_level as to_level,
        book.mrr,
        book.base_mrr,
        cast(
            cast(book.base_mrr as decimal(19, 0))
            * (cast(level_rates.expected_nrr as decimal(12, 9)) - cast(book.expected_nrr as decimal(12, 9)))
            as decimal(28, 9)
        ) as gain_mrr

    from book
    inner join level_rates
        on
            book.as_of_date = level_rates.as_of_date
            and book.term_band = level_rates.term_band
            and book.renewal_band = level_rates.renewal_band
            and book.highest_level >= level_rates.success_level
            and book.success_level <> level_rates.success_level

)

select * from final
