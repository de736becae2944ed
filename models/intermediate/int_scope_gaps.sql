-- Grain: one row per scope of the newest book: its expected NRR and, where the seed has an NRR target that runs on the
-- date, how far it is away (E4).

with

newest_book as (

    select * from {{ ref('int_newest_book') }}

),

targets as (

    select * from {{ ref('int_nrr_targets') }}

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

-- A rolling target is one of this very figure; one with a period is about its landing, and stands in where there is none.
-- Of several the one that ends last counts.
final as (

    select
        scopes.as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        scopes.mrr,
        scopes.expected_mrr,
        {{ rate('scopes.expected_mrr', 'scopes.mrr') }} as expected_nrr,
        targets.is_rolling as is_target_rolling,
        targets.target_nrr,
        cast(
            cast(scopes.mrr as decimal(19, 0)) * cast(targets.target_nrr as decimal(12, 9)) - scopes.expected_mrr
            as decimal(28, 9)
        ) as gap_mrr

    from scopes
    left join targets
        on
            scopes.scope_type = targets.scope_type
            and scopes.scope_value = targets.owner_id
            and scopes.as_of_date > targets.start_date
            and scopes.as_of_date <= targets.end_date

    qualify row_number() over (
        partition by scopes.scope_type, scopes.scope_value
        order by
            case when targets.is_rolling then 0 else 1 end,
            targets.end_date desc,
            targets.start_date asc
    ) = 1

)

select * from final
