-- Grain: one row per account as delivered: the account that stands for it today (itself, or the one it was merged
-- into), and the group at the top of its parents. Today's hierarchy holds for all dates (domain §0, R4).

with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

-- An account that has not arrived yet cannot stand for another: until then the account stands for itself.
merged_1 as (

    select
        accounts.account_id,
        accounts.parent_account_id,
        coalesce(survivors.account_id, accounts.account_id) as surviving_account_id

    from accounts
    left join accounts as survivors on accounts.merged_into_account_id = survivors.account_id

),

-- Each step doubles the distance: three steps follow a chain of up to eight mergers.
{% for step in [2, 3, 4] %}
    merged_{{ step }} as (

        select
            near.account_id,
            near.parent_account_id,
            far.surviving_account_id

        from merged_{{ step - 1 }} as near
        inner join merged_{{ step - 1 }} as far on near.surviving_account_id = far.account_id

    ),

{% endfor %}
-- What belongs to an account that was merged belongs to the one that stands for it.
group_1 as (

    select
        accounts.account_id,
        coalesce(parents.surviving_account_id, accounts.account_id) as group_account_id

    from merged_4 as accounts
    left join merged_4 as parents on accounts.parent_account_id = parents.account_id

    where accounts.account_id = accounts.surviving_account_id

),

{% for step in [2, 3, 4] %}
    group_{{ step }} as (

        select
            near.account_id,
            far.group_account_id

        from group_{{ step - 1 }} as near
        inner join group_{{ step - 1 }} as far on near.group_account_id = far.account_id

    ),

{% endfor %}
final as (

    select
        merged_4.account_id,
        merged_4.surviving_account_id,
        group_4.group_account_id

    from merged_4
    inner join group_4 on merged_4.surviving_account_id = group_4.account_id

)

select * from final
