-- Grain: one row per scope of the newest book, lever (move, expand) and level with accounts it can be pulled on: what it would
-- add to expected NRR, how many accounts would close the gap to the target, and what was seen of those that rose (E4).

with

levers as (

    select * from {{ ref('int_level_levers') }}

),

newest_book as (

    select * from {{ ref('int_newest_book') }}

),

gaps as (

    select * from {{ ref('int_scope_gaps') }}

),

best_expansion as (

    select * from {{ ref('int_best_expansion') }}

),

level_rises as (

    select * from {{ ref('int_level_rises') }}

),

-- An account is moved with all its products of that level.
summed as (

    select
        levers.as_of_date,
        newest_book.scope_type,
        newest_book.scope_value,
        levers.lever,
        levers.success_level,
        cast(count(distinct levers.account_id) as bigint) as accounts,
        cast(sum(levers.mrr) as bigint) as mrr,
        cast(sum(levers.gain_mrr) as decimal(28, 9)) as gain_mrr,
        sum(levers.base_mrr) as base_mrr,
        sum(levers.expected_expansion_mrr) as expected_expansion_mrr

    from levers
    inner join newest_book on levers.account_id = newest_book.account_id and levers.product_id = newest_book.product_id

    group by 1, 2, 3, 4, 5

),

-- A gain of nothing, or less, closes no gap however many accounts it comes from.
needed as (

    select
        summed.*,
        gaps.mrr as scope_mrr,
        gaps.expected_nrr,
        gaps.target_nrr,
        gaps.is_target_rolling,
        gaps.gap_mrr,
        case
            when gaps.gap_mrr <= 0 then 0
            when summed.gain_mrr > 0
                then cast(ceil(cast(gaps.gap_mrr as double) * summed.accounts / cast(summed.gain_mrr as double)) as bigint)
        end as accounts_needed

    from summed
    inner join gaps on summed.scope_type = gaps.scope_type and summed.scope_value = gaps.scope_value

),

final as (

    select
        needed.as_of_date,
        needed.scope_type,
        needed.scope_value,
        needed.lever,
        needed.success_level,
        case when needed.lever = 'move' then needed.success_level + 1 end as to_level,
        needed.accounts,
        needed.mrr,
        cast({{ rate('needed.gain_mrr', 'needed.accounts') }} as decimal(28, 9)) as gain_mrr_one,
        cast(needed.gain_mrr * cast(0.1 as decimal(2, 1)) as decimal(28, 9)) as gain_mrr_tenth,
        needed.gain_mrr as gain_mrr_all,
        {{ rate('needed.gain_mrr', '(needed.scope_mrr * needed.accounts)') }} as gain_nrr_one,
        {{ rate('needed.gain_mrr', '(needed.scope_mrr * 10)') }} as gain_nrr_tenth,
        {{ rate('needed.gain_mrr', 'needed.scope_mrr') }} as gain_nrr_all,
        {{ rate('needed.expected_expansion_mrr', 'needed.base_mrr') }} as expected_expansion_rate,
        case when needed.lever = 'expand' then best_expansion.best_quarter_rate end as best_quarter_rate,
        case when needed.lever = 'expand' then best_expansion.owners end as owners,
        case when needed.gain_mrr is null then 'too_few_owners' end as gain_null_reason,
        needed.expected_nrr,
        needed.target_nrr,
        needed.is_target_rolling,
        {{ nine_decimals('needed.target_nrr - needed.expected_nrr') }} as gap_nrr,
        needed.gap_mrr,
        needed.accounts_needed,
        needed.accounts_needed <= needed.accounts as is_within_reach,
        case
            when needed.accounts_needed is not null then null
            when needed.target_nrr is null then 'no_nrr_target'
            when needed.gain_mrr is null then 'too_few_owners'
            else 'no_gain'
        end as needed_null_reason,
        coalesce(level_rises.risen_accounts, 0) as risen_accounts,
        coalesce(level_rises.risen_windows, 0) as risen_windows,
        level_rises.risen_nrr,
        coalesce(level_rises.stayed_accounts, 0) as stayed_accounts,
        coalesce(level_rises.stayed_windows, 0) as stayed_windows,
        level_rises.stayed_nrr,
        level_rises.nrr_difference,
        level_rises.nrr_difference_low,
        level_rises.nrr_difference_high,
        case when level_rises.nrr_difference is null then 'too_few_accounts' end as observed_null_reason,
        'associational' as evidence,
        'What goes together with a level need not follow from it: an estimate, not a promise' as note_en,
        'レベルとともに見られる関連であり、因果を示すものではありません(推定値であり保証ではありません)' as note_ja

    from needed
    left join best_expansion on needed.success_level = best_expansion.success_level
    left join level_rises on needed.success_level = level_rises.from_level

)

select * from final
