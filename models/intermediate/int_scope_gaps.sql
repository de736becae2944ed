-- Grain: one row per scope of the newest book: its expected NRR and, where the seed has an NRR target whose period the date
-- lies in, how far it is away (E4). Of several periods the one that ends last counts.

with

newest_book as (

    select * from {{ ref('int_newest_book') }}

),

targets as (

    select * from {{ ref('int_target_periods') }}

    where activity = 'nrr' and unit = 'rate'

),

scopes as (

    select
        as_of_date,
        scope_type,
        scope_value,
        cast(sum(mrr) as bigint) as mrr,
        cast(sum(expected_mrr) as decimal(28, 9)) as expected_mrr

    from newest_book

    group by 1, 2, 3

),

final as (

    select
        scopes.as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        scopes.mrr,
        scopes.expected_mrr,
        {{ rate('scopes.expected_mrr', 'scopes.mrr') }} as expected_nrr,
        cast(targets.target_value as double) as target_nrr,
        cast(
            cast(scopes.mrr as decimal(19, 0)) * cast(targets.target_value as decimal(12, 9)) - scopes.expected_mrr
            as decimal(28, 9)
        ) as gap_mrr

    from scopes
    left join targets
        on
            scopes.scope_type = targets.scope_type
            and scopes.scope_value = targets.owner_id
            and scopes.as_of_date between targets.period_start_month and last_day(targets.period_end_month)

    qualify row_number() over (
        partition by scopes.scope_type, scopes.scope_value
        order by targets.period_end_month desc, targets.period_start_month asc
    ) = 1

)

select * from final
