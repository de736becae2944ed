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

-- From which day on it was known that the unit is paid for. A line that was replaced before it ran covers nothing.
payments as (

    select
        account_id,
        product_id,
        min(greatest(start_date, known_from_date)) as paid_from_date

    from unit_lines

    where
        mrr > 0
        and (
            end_date_exclusive is null
            or end_date_exclusive > start_date
            or end_known_from_date > greatest(start_date, known_from_date)
        )

    group by 1, 2

),

-- The seats of the lines that run on the day, by their ends as known on it.
seats_of_day as (

    select
        active_days.account_id,
        active_days.product_id,
        active_days.login_date,
        active_days.active_users,
        sum(unit_lines.seats) as seats

    from active_days
    inner join payments
        on
            active_days.account_id = payments.account_id
            and active_days.product_id = payments.product_id
            and active_days.login_date >= payments.paid_from_date
    inner join unit_lines
        on
            active_days.account_id = unit_lines.account_id
            and active_days.product_id = unit_lines.product_id
            and active_days.login_date >= unit_lines.start_date
            and active_days.login_date >= unit_lines.known_from_date
            and coalesce(
                active_days.login_date < case
                    when active_days.login_date >= unit_lines.end_known_from_date then unit_lines.end_date_exclusive
                    else unit_lines.earlier_end_date
                end,
                true
            )

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

    where {{ rate('seats_of_day.active_users', 'seats_of_day.seats') }} >= policies.first_value_utilisation

    group by 1, 2

)

select * from final
