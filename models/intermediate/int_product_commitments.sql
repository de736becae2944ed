-- Grain: one row per account, product and complete month at whose opening a paid contract ran: whether it was
-- committed past the month, by what was known at the opening.

with

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

month_ends as (

    select
        month,
        snapshot_date as closing_date,
        lag(snapshot_date) over (order by snapshot_date) as opening_date

    from snapshot_dates

    where is_month_end

),

-- Price phases are one contract: the term ends with the last of them.
paid_lines as (

    select
        *,
        min(start_date) over (partition by account_id, coalesce(contract_group_id, contract_id))
            as contract_start_date

    from contract_lines

    where mrr > 0

),

known_then as (

    select
        paid_lines.account_id,
        paid_lines.product_id,
        paid_lines.start_date,
        month_ends.month,
        month_ends.opening_date,
        month_ends.closing_date,
        case
            when paid_lines.end_known_from_date <= month_ends.opening_date then paid_lines.end_date_exclusive
            else paid_lines.earlier_end_date
        end as end_date_exclusive

    from paid_lines
    inner join month_ends
        on
            paid_lines.known_from_date <= month_ends.opening_date
            and paid_lines.contract_start_date <= month_ends.opening_date

),

-- A renewal signed early does not count: the term it follows still ended, and the customer could have left.
final as (

    select
        account_id,
        product_id,
        month,
        coalesce(max(end_date_exclusive) > max(closing_date), false) as is_committed

    from known_then

    where
        end_date_exclusive is null
        or (end_date_exclusive > opening_date and end_date_exclusive > start_date)

    group by 1, 2, 3

    having count(case when start_date <= opening_date then 1 end) > 0

)

select * from final
