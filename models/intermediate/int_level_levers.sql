-- Grain: one row per account and product of the newest book and lever that can be pulled on it (E4): move, to the next level
-- of its profile; expand, from MQC up, to the growth that the best quarter of owners reach. gain_mrr is NULL where that is
-- not known.

with

moves as (

    select * from {{ ref('int_level_moves') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

level_rates as (

    select * from {{ ref('int_level_rates') }}

),

treatments as (

    select * from {{ ref('level_treatments') }}

),

best_expansion as (

    select * from {{ ref('int_best_expansion') }}

),

mqc_levels as (

    select distinct success_level from treatments
    where is_mqc

),

final as (

    select
        'move' as lever,
        as_of_date,
        account_id,
        product_id,
        from_level as success_level,
        mrr,
        base_mrr,
        gain_mrr,
        cast(null as decimal(28, 9)) as expected_expansion_mrr

    from moves

    where to_level = from_level + 1

    union all

    select
        'expand' as lever,
        expectations.as_of_date,
        expectations.account_id,
        expectations.product_id,
        expectations.success_level,
        expectations.mrr,
        expectations.base_mrr,
        cast(
            cast(expectations.base_mrr as decimal(19, 0)) * (
                cast(best_expansion.best_quarter_rate as decimal(12, 9))
                - cast(level_rates.expected_expansion_rate as decimal(12, 9))
            ) as decimal(28, 9)
        ) as gain_mrr,
        cast(
            cast(expectations.base_mrr as decimal(19, 0)) * cast(level_rates.expected_expansion_rate as decimal(12, 9))
            as decimal(28, 9)
        ) as expected_expansion_mrr

    from expectations
    inner join spine on expectations.as_of_date = spine.as_of_date and spine.is_latest
    inner join mqc_levels on expectations.success_level = mqc_levels.success_level
    inner join level_rates
        on
            expectations.as_of_date = level_rates.as_of_date
            and expectations.success_level = level_rates.success_level
            and expectations.term_band = level_rates.term_band
            and expectations.renewal_band = level_rates.renewal_band
    left join best_expansion on expectations.success_level = best_expansion.success_level

)

select * from final
