-- Grain: one row per account and product (`all`: the account as a whole) that has been of value: the first day on which
-- enough of the seats contracted for that day were used (S2).
-- Every day is read by what was known on it: as of a date the row holds from first_value_date on.

with

account_days as (

    select * from {{ ref('int_account_days') }}

),

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

-- Merged accounts log in as one.
active_days as (

    select
        hierarchy.surviving_account_id as account_id,
        account_days.product_id,
        account_days.login_date,
        sum(account_days.active_users) as active_users

    from account_days
    inner join hierarchy on account_days.account_id = hierarchy.account_id
    inner join spine on account_days.login_date <= spine.as_of_date and spine.is_latest

    group by 1, 2, 3

),

unit_lines as (

    select
        account_id,
        product_id,
        start_date,
        known_from_date,
        end_date_exclusive,
        end_known_from_date,
        earlier_end_date,
        mrr,
        seats

    from contract_lines

    union all

    select
        account_id,
        'all' as product_id,
        start_date,
        known_from_date,
        end_date_exclusive,
        end_known_from_date,
        earlier_end_date,
        mrr,
        seats

    from contract_lines

),

-- The lines begun by the day, with their ends as known on it.
lines_of_day as (

    select
        active_days.account_id,
        active_days.product_id,
        active_days.login_date,
        active_days.active_users,
        unit_lines.start_date,
        unit_lines.mrr,
        unit_lines.seats,
        case
            when unit_lines.end_known_from_date <= active_days.login_date then unit_lines.end_date_exclusive
            else unit_lines.earlier_end_date
        end as end_date_exclusive

    from active_days
    inner join unit_lines
        on
            active_days.account_id = unit_lines.account_id
            and active_days.product_id = unit_lines.product_id
            and active_days.login_date >= unit_lines.start_date
            and active_days.login_date >= unit_lines.known_from_date

),

-- The seats of what runs on the day, and whether anything has ever been paid for: not before the first paid day.
seats_of_day as (

    select
        account_id,
        product_id,
        login_date,
        active_users,
        sum(case when end_date_exclusive is null or end_date_exclusive > login_date then seats end) as seats,
        max(case when mrr > 0 then 1 else 0 end) = 1 as has_begun_to_pay

    from lines_of_day

    -- A line that was replaced before it ran covers nothing.
    where end_date_exclusive is null or end_date_exclusive > start_date

    group by 1, 2, 3, 4

),

-- A contract without seats is never used by a tenth of them.
final as (

    select
        seats_of_day.account_id,
        seats_of_day.product_id,
        min(seats_of_day.login_date) as first_value_date

    from seats_of_day
    cross join policies

    where
        seats_of_day.has_begun_to_pay
        and {{ rate('seats_of_day.active_users', 'seats_of_day.seats') }} >= policies.first_value_utilisation

    group by 1, 2

)

select * from final
