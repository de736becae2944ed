-- Grain: one row per account × product ever held and unit whose movements and retention it is counted in: the account
-- itself, the account × product, or the group of companies (today's). What moves inside a unit is neither lost nor won.

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

account_products as (

    select
        mrr_periods.account_id,
        mrr_periods.product_id,
        min(case when mrr_periods.mrr > 0 then mrr_periods.start_date end) as first_paid_date,
        max(
            case
                when
                    mrr_periods.mrr > 0
                    and mrr_periods.start_date <= history_start.start_date
                    and (
                        mrr_periods.end_date_exclusive is null
                        or mrr_periods.end_date_exclusive > history_start.start_date
                    )
                    then 1
                else 0
            end
        ) as paid_on_first_day

    from mrr_periods
    cross join history_start

    group by 1, 2

),

groups as (

    select
        account_id,
        group_account_id,
        count(*) over (partition by group_account_id) as accounts

    from hierarchy

    where account_id = surviving_account_id

),

members as (

    select
        *,
        'account' as unit_type,
        account_id as unit_account_id,
        cast(null as {{ dbt.type_string() }}) as unit_product_id,
        1 as unit_accounts

    from account_products

    union all

    select
        *,
        'account_product' as unit_type,
        account_id as unit_account_id,
        product_id as unit_product_id,
        1 as unit_accounts

    from account_products

    union all

    select
        account_products.*,
        'group' as unit_type,
        groups.group_account_id as unit_account_id,
        cast(null as {{ dbt.type_string() }}) as unit_product_id,
        groups.accounts as unit_accounts

    from account_products
    inner join groups on account_products.account_id = groups.account_id

),

-- Who paid for two weeks between month ends has paid before, though no month end shows it.
final as (

    select
        account_id,
        product_id,
        unit_type,
        unit_account_id,
        unit_product_id,
        unit_accounts,
        min(first_paid_date) over (partition by unit_type, unit_account_id, unit_product_id) as first_paid_date,
        max(paid_on_first_day) over (partition by unit_type, unit_account_id, unit_product_id) > 0
            as has_paid_on_first_day

    from members

)

select * from final
