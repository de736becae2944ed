-- Grain: one row per as-of date of the spine: how many accounts a parent weighs (the policy), and how many the data would
-- give it, NULL where cells differ by no more than luck. Published beside the policy, never applied (E1).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

evidence as (

    select * from {{ ref('int_cell_evidence') }}
    where cell_kind = 'level_term_renewal' and effective_n > 1

),

policies as (

    select * from {{ ref('int_policies') }}

),

sums as (

    select
        as_of_date,
        count(*) as cells,
        {{ sum_decimal('effective_n') }} as accounts,
        {{ sum_decimal('effective_n * effective_n') }} as squares,
        {{ sum_decimal('effective_n * observed_nrr') }} as weighted_nrr,
        {{ sum_decimal('(effective_n - 1) * account_variance') }}
        / {{ sum_decimal('effective_n - 1') }} as account_variance

    from evidence

    group by 1

),

-- By how much cells differ from one another, in units of how much accounts differ inside them.
differences as (

    select
        sums.as_of_date,
        sums.cells,
        sums.accounts,
        sums.squares,
        {{ sum_decimal(
            'evidence.effective_n * power(evidence.observed_nrr - sums.weighted_nrr / sums.accounts, 2)
            / sums.account_variance'
        ) }} as difference

    from sums
    inner join evidence on sums.as_of_date = evidence.as_of_date

    where sums.account_variance > 0

    group by 1, 2, 3, 4

),

-- The moments of Buehlmann and Straub: accounts vary inside cells as they do, cells by what is left of their difference.
final as (

    select
        spine.as_of_date,
        cast(policies.shrinkage_accounts as double) as shrinkage_accounts,
        case
            when differences.difference > differences.cells - 1
                then {{ nine_decimals(
                    '(differences.accounts - differences.squares / differences.accounts)
                    / (differences.difference - (differences.cells - 1))'
                ) }}
        end as estimated_shrinkage_accounts

    from spine
    cross join policies
    left join differences on spine.as_of_date = differences.as_of_date

)

select * from final
