-- Grain: one row per customer and product in the book of the newest as-of date: what the same contract would be expected
-- to pay more in twelve months if it stood one success level higher (A1). It may be less.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

level_rates as (

    select * from {{ ref('int_level_rates') }}

),

final as (

    select
        expectations.as_of_date,
        expectations.account_id,
        expectations.product_id,
        expectations.mrr,
        expectations.success_level,
        expectations.expected_nrr,
        higher.expected_nrr as higher_expected_nrr,
        -- Decimals add up to the same digits in any order.
        cast(
            cast(expectations.base_mrr as decimal(18, 0))
            * (cast(higher.expected_nrr as decimal(12, 9)) - cast(expectations.expected_nrr as decimal(12, 9)))
            as decimal(28, 9)
        ) as expected_mrr_gain,
        case
            when expectations.success_level is null then 'level_unknown'
            when higher.expected_nrr is null then 'highest_level'
        end as null_reason

    from expectations
    inner join spine on expectations.as_of_date = spine.as_of_date and spine.is_latest
    left join level_rates as higher
        on
            expectations.as_of_date = higher.as_of_date
            and expectations.success_level + 1 = higher.success_level
            and expectations.term_band = higher.term_band
            and expectations.renewal_band = higher.renewal_band

)

select * from final
