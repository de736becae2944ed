-- Grain: one row per account, product and day on which a renewal was due and has been decided: the days on which it was
-- the renewal next due, and what came of it (A2).

with

renewals as (

    select * from {{ ref('int_renewals') }}

),

known_lines as (

    select * from {{ ref('int_known_lines') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

in_order as (

    select
        account_id,
        product_id,
        due_date,
        status,
        as_of_date,
        lag(due_date) over (partition by account_id, product_id order by due_date) as previous_due_date

    from renewals

),

-- A cycle begins with the first day paid for after the renewal before it: late where that one was late.
started as (

    select
        in_order.account_id,
        in_order.product_id,
        in_order.due_date,
        in_order.status,
        in_order.as_of_date,
        greatest(
            min(known_lines.start_date), coalesce(max(in_order.previous_due_date), min(known_lines.start_date))
        ) as start_date

    from in_order
    inner join known_lines
        on
            in_order.account_id = known_lines.account_id
            and in_order.product_id = known_lines.product_id
            and in_order.due_date > known_lines.start_date
            and coalesce(in_order.previous_due_date < known_lines.end_date_exclusive, true)

    where known_lines.mrr > 0

    group by 1, 2, 3, 4, 5

),

-- Renewed is known on the day, lost only when the grace is over: before that the renewed ones would be too many.
final as (

    select
        started.account_id,
        started.product_id,
        started.start_date,
        started.due_date,
        started.status in ('renewed', 'late') as is_renewed,
        {{ plus_days('started.as_of_date', '-1 * policies.longest_grace_days') }} as newest_matured_date

    from started
    cross join policies

    where
        started.status <> 'open'
        and started.due_date <= {{ plus_days('started.as_of_date', '-1 * policies.longest_grace_days') }}

)

select * from final
