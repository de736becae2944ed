-- Grain: one row per account × product ever paid for and unit it is counted in when retention is read: the account
-- itself, the account × product, or the group of companies (today's, of two accounts or more). What moves inside a unit
-- is neither lost nor won.

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

account_products as (

    select
        account_id,
        product_id,
        min(case when mrr > 0 then start_date end) as first_paid_date

    from mrr_periods

    group by 1, 2

),

-- An account without relatives is no group: its own rows would say the same once more.
group_members as (

    select
        account_id,
        group_account_id

    from hierarchy

    where account_id = surviving_account_id

    qualify count(*) over (partition by group_account_id) > 1

),

unit_members as (

    select
        account_id,
        product_id,
        first_paid_date,
        'account' as unit_type,
        account_id as unit_account_id,
        cast(null as {{ dbt.type_string() }}) as unit_product_id

    from account_products

    union all

    select
        account_id,
        product_id,
        first_paid_date,
        'account_product' as unit_type,
        account_id as unit_account_id,
        product_id as unit_product_id

    from account_products

    union all

    select
        account_products.account_id,
        account_products.product_id,
        account_products.first_paid_date,
        'group' as unit_type,
        group_members.group_account_id as unit_account_id,
        cast(null as {{ dbt.type_string() }}) as unit_product_id

    from account_products
    inner join group_members on account_products.account_id = group_members.account_id

),

-- Who paid for two weeks between month ends has paid before, though no month end shows it.
final as (

    select
        account_id,
        product_id,
        unit_type,
        unit_account_id,
        unit_product_id,
        min(first_paid_date) over (partition by unit_type, unit_account_id, unit_product_id) as first_paid_date

    from unit_members

)

select * from final
