-- Grain: one row per scope of the newest book, level that accounts of it stand on and other level: what one of them would
-- add to expected MRR there (E4). Effects of accounts add up, so k accounts are k times the mean.

with

moves as (

    select * from {{ ref('int_level_moves') }}

),

newest_book as (

    select * from {{ ref('int_newest_book') }}

),

scopes as (

    select
        scope_type,
        scope_value,
        cast(sum(mrr) as bigint) as scope_mrr,
        cast(sum(expected_mrr) as decimal(28, 9)) as scope_expected_mrr

    from newest_book

    group by 1, 2

),

-- An account moves with all its products of that level.
summed as (

    select
        moves.as_of_date,
        newest_book.scope_type,
        newest_book.scope_value,
        moves.from_level,
        moves.to_level,
        cast(count(distinct moves.account_id) as bigint) as accounts,
        cast(sum(moves.mrr) as bigint) as mrr,
        cast(sum(moves.gain_mrr) as decimal(28, 9)) as gain_mrr

    from moves
    inner join newest_book on moves.account_id = newest_book.account_id and moves.product_id = newest_book.product_id

    group by 1, 2, 3, 4, 5

),

final as (

    select
        summed.as_of_date,
        summed.scope_type,
        summed.scope_value,
        summed.from_level,
        summed.to_level,
        summed.accounts,
        summed.mrr,
        summed.gain_mrr,
        cast({{ rate('summed.gain_mrr', 'summed.accounts') }} as decimal(28, 9)) as mean_gain_mrr,
        scopes.scope_mrr,
        scopes.scope_expected_mrr,
        {{ rate('scopes.scope_expected_mrr', 'scopes.scope_mrr') }} as scope_expected_nrr,
        'associational' as evidence,
        'What is expected of accounts on the other level today, not a proven effect of moving there' as note_en,
        '移った先のレベルにいる顧客の現在の予測に基づく関連であり、移行の効果を証明するものではありません' as note_ja

    from summed
    inner join scopes on summed.scope_type = scopes.scope_type and summed.scope_value = scopes.scope_value

)

select * from final
