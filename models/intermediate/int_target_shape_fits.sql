-- Grain: one row per target of NRR whose shape has risen, and month 1 to 11 since a renewal: the share of the
-- way from the first to the last month, smoothed so that it never falls back (E5).

with

shapes as (

    select * from {{ ref('int_target_shapes') }}

),

ends as (

    select
        target_key,
        max(case when month_number = 0 then expected_nrr end) as first_nrr,
        max(case when month_number = 11 then expected_nrr end) as last_nrr

    from shapes

    group by 1

),

raw_shares as (

    select
        shapes.target_key,
        shapes.month_number,
        (shapes.expected_nrr - ends.first_nrr) / (ends.last_nrr - ends.first_nrr) as share

    from shapes
    inner join ends
        on shapes.target_key = ends.target_key

    where shapes.month_number between 1 and 11 and ends.last_nrr > ends.first_nrr

),

-- Isotonic regression (pool adjacent violators) by its max-min formula: of all blocks of months from one at or before a
-- month to one at or after it, the highest among the lowest means.
blocks as (

    select
        firsts.target_key,
        firsts.month_number as first_month,
        lasts.month_number as last_month,
        avg(between_them.share) as share

    from raw_shares as firsts
    inner join raw_shares as lasts
        on firsts.target_key = lasts.target_key and firsts.month_number <= lasts.month_number
    inner join raw_shares as between_them
        on
            firsts.target_key = between_them.target_key
            and between_them.month_number between firsts.month_number and lasts.month_number

    group by 1, 2, 3

),

lowest as (

    select
        raw_shares.target_key,
        raw_shares.month_number,
        blocks.first_month,
        min(blocks.share) as share

    from raw_shares
    inner join blocks
        on
            raw_shares.target_key = blocks.target_key
            and raw_shares.month_number between blocks.first_month and blocks.last_month

    group by 1, 2, 3

),

-- The way begins at 0 and ends at 1.
final as (

    select
        target_key,
        month_number,
        {{ nine_decimals('least(greatest(max(share), 0), 1)') }} as share_of_way

    from lowest

    group by 1, 2

)

select * from final
