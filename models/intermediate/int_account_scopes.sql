-- Grain: one row per account and scope it is counted in. Attributes are today's, for all dates.

with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

final as (

    select
        account_id,
        'all' as scope_type,
        'all' as scope_value

    from accounts

    union all

    select
        account_id,
        'segment' as scope_type,
        coalesce(segment, 'unknown') as scope_value

    from accounts

)

select * from final
