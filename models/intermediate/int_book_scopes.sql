-- Grain: one row per account, product it ever held and scope its MRR is counted in: the scopes of the account, the product
-- itself, and the year of its first paid day (known on that day, unlike the first paid month end). Attributes are today's,
-- for all dates.

with

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

    where scope_type <> 'cohort_year'

),

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

held as (

    select
        account_id,
        product_id,
        min(min(case when mrr > 0 then start_date end)) over (partition by account_id) as first_paid_date

    from contract_lines

    group by 1, 2

),

final as (

    select
        held.account_id,
        held.product_id,
        account_scopes.scope_type,
        account_scopes.scope_value

    from held
    inner join account_scopes on held.account_id = account_scopes.account_id

    union all

    select
        account_id,
        product_id,
        'product' as scope_type,
        product_id as scope_value

    from held

    union all

    select
        account_id,
        product_id,
        'cohort_year' as scope_type,
        cast(extract(year from first_paid_date) as {{ dbt.type_string() }}) as scope_value

    from held

    where first_paid_date is not null

)

select * from final
