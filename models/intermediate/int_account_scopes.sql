-- Grain: one row per account (mergers done) and scope it is counted in. Attributes are today's, for all dates; the
-- cohort year is that of the first paid month end.

with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

surviving as (

    select accounts.*
    from accounts
    inner join hierarchy on accounts.account_id = hierarchy.account_id

    where hierarchy.account_id = hierarchy.surviving_account_id

),

cohorts as (

    select
        account_id,
        cast(extract(year from min(month)) as {{ dbt.type_string() }}) as cohort_year

    from account_mrr

    where mrr > 0 and is_month_end

    group by 1

),

final as (

    select
        account_id,
        'all' as scope_type,
        'all' as scope_value

    from surviving

    {% for scope, column in [('segment', 'segment'), ('industry', 'industry'), ('owner', 'owner_id')] %}
        union all

        select
            account_id,
            '{{ scope }}' as scope_type,
            coalesce({{ column }}, 'unknown') as scope_value

        from surviving
    {% endfor %}

    union all

    select
        account_id,
        'cohort_year' as scope_type,
        cohort_year as scope_value

    from cohorts

)

select * from final
