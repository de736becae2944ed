-- Grain: one row per customer with a decided renewal that could be foreseen: its newest one, what came of it, and how much
-- of its MRR was held in the twelve months after it (NULL until they are over). One renewal per customer, so that
-- customers count once and independently.

with

renewals as (

    select * from {{ ref('int_renewals') }}

),

readings as (

    select distinct
        as_of_date,
        account_id,
        product_id,
        renewal_date

    from {{ ref('int_renewal_readings') }}

),

product_mrr as (

    select * from {{ ref('int_account_product_mrr') }}

),

snapshot_dates as (

    select * from {{ ref('int_snapshot_dates') }}

),

-- What the quarter after the reading brought: who quits in it ends before the day that was foreseen.
foreseen as (

    select
        readings.as_of_date,
        renewals.account_id,
        renewals.product_id,
        renewals.due_date,
        renewals.due_mrr,
        renewals.status in ('renewed', 'late') as is_renewed,
        renewals.status = 'open' as is_open,
        {{ plus_months('renewals.due_date', 12) }} <= renewals.as_of_date as is_year_over

    from renewals
    inner join readings
        on
            renewals.account_id = readings.account_id
            and renewals.product_id = readings.product_id
            and renewals.due_date > readings.as_of_date
            and renewals.due_date <= readings.renewal_date

    qualify row_number() over (
        partition by readings.as_of_date, renewals.account_id, renewals.product_id order by renewals.due_date desc
    ) = 1

),

decided as (

    select * from foreseen

    where not is_open

    qualify row_number() over (
        partition by account_id order by due_date desc, due_mrr desc, product_id asc, as_of_date asc
    ) = 1

),

held as (

    select
        decided.account_id,
        sum(product_mrr.mrr) as mrr_months

    from decided
    inner join product_mrr
        on decided.account_id = product_mrr.account_id and decided.product_id = product_mrr.product_id
    inner join snapshot_dates
        on
            product_mrr.snapshot_date = snapshot_dates.snapshot_date
            and snapshot_dates.is_month_end
            and decided.due_date <= snapshot_dates.snapshot_date
            and {{ plus_months('decided.due_date', 12) }} > snapshot_dates.snapshot_date

    group by 1

),

final as (

    select
        decided.as_of_date,
        decided.account_id,
        decided.product_id,
        decided.due_date,
        decided.is_renewed,
        case
            when decided.is_year_over then {{ rate('coalesce(held.mrr_months, 0)', '12 * decided.due_mrr') }}
        end as value_kept

    from decided
    left join held on decided.account_id = held.account_id

)

select * from final
